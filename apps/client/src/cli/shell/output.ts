import { Writable } from 'node:stream'

/** A stream that is no terminal, and passes everything written to it to a function. */
export function outputTo(write: (text: string) => void): NodeJS.WriteStream {
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      write(chunk.toString())
      done()
    },
  })
  // The members of the terminal's type that commands use exist in every stream.
  return stream as unknown as NodeJS.WriteStream
}
