// The lane table is how JavaScript and the kernel hand over: 8 addresses of data, then 8 chaining values of 16 bytes,
// then, for the kernel's own use, room for the 16 words of a step of all 8 lanes. All little-endian, as MD5 is.

@inline export function dataOf(table: usize, lane: usize): usize {
  return <usize>load<u32>(table + lane * 4)
}

@inline export function valueOf(table: usize, lane: usize): usize {
  return table + 32 + lane * 16
}

@inline export function wordsOf(table: usize): usize {
  return table + 192
}
