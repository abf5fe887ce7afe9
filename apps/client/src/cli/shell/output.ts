import { Writable } from 'node:stream'

/** A stream that is no terminal and gives what is written to it to a function. */
export function outputTo(write: (text: string) => void): NodeJS.WriteStream {
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      write(chunk.toString())
      done()
    },
  })
  // What commands use of the type of a terminal is in every stream.
  return stream as unknown as NodeJS.WriteStream
}
