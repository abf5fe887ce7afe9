// The lane table is the interface between JavaScript and the kernel. It has 8 addresses of data, then 8 chaining
// values of 16 bytes, and then, for the kernel's own use, room for the 16 words of a step of all 8 lanes. Everything
// is little-endian, as in MD5.

@inline export function dataOf(table: usize, lane: usize): usize {
  return <usize>load<u32>(table + lane * 4)
}

@inline export function valueOf(table: usize, lane: usize): usize {
  return table + 32 + lane * 16
}

@inline export function wordsOf(table: usize): usize {
  return table + 192
}
