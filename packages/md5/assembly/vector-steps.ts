// The steps of RFC 1321, section 3.4, on four lanes: each 32-bit part of a vector has a word of one message.

// The constants of the steps. They are in memory rather than in the code, because V8 takes three instructions to make
// a vector from a number, and one to load it. Every new kernel on the same memory writes the same bytes here again,
// which does no harm.
const SINES = memory.data<u32>([
  0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
  0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
  0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
  0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
  0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
  0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
  0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
  0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
], 16)

@inline export function sine(i: usize): v128 {
  return v128.load32_splat(SINES + i * 4)
}

@inline function rotl(v: v128, s: i32): v128 {
  if (s == 16) return v128.shuffle<u16>(v, v, 1, 0, 3, 2, 5, 4, 7, 6)
  return v128.or(i32x4.shl(v, s), i32x4.shr_u(v, 32 - s))
}

@inline function step(a: v128, b: v128, x: v128, s: i32, t: v128, mix: v128): v128 {
  return i32x4.add(b, rotl(i32x4.add(i32x4.add(i32x4.add(a, t), x), mix), s))
}

@inline export function F(a: v128, b: v128, c: v128, d: v128, x: v128, s: i32, t: v128): v128 {
  return step(a, b, x, s, t, v128.xor(d, v128.and(b, v128.xor(c, d))))
}

// As in one-lane.ts, the half of G without `b` is part of the early sum.
@inline export function G(a: v128, b: v128, c: v128, d: v128, x: v128, s: i32, t: v128): v128 {
  return step(i32x4.add(a, v128.andnot(c, d)), b, x, s, t, v128.and(d, b))
}

@inline export function H(a: v128, b: v128, c: v128, d: v128, x: v128, s: i32, t: v128): v128 {
  return step(a, b, x, s, t, v128.xor(b, v128.xor(c, d)))
}

@inline export function I(a: v128, b: v128, c: v128, d: v128, x: v128, s: i32, t: v128): v128 {
  return step(a, b, x, s, t, v128.xor(c, v128.or(b, v128.not(d))))
}

/** Writes the 4 × 4 words at `p`, `q`, `r`, `s` as columns: four vectors, `stride` bytes apart from `to` on. */
@inline export function transpose(to: usize, stride: usize, p: usize, q: usize, r: usize, s: usize): void {
  const a = v128.load(p), b = v128.load(q), c = v128.load(r), d = v128.load(s)
  const ab = v128.shuffle<u32>(a, b, 0, 4, 1, 5), AB = v128.shuffle<u32>(a, b, 2, 6, 3, 7)
  const cd = v128.shuffle<u32>(c, d, 0, 4, 1, 5), CD = v128.shuffle<u32>(c, d, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<u64>(ab, cd, 0, 2))
  v128.store(to + stride, v128.shuffle<u64>(ab, cd, 1, 3))
  v128.store(to + 2 * stride, v128.shuffle<u64>(AB, CD, 0, 2))
  v128.store(to + 3 * stride, v128.shuffle<u64>(AB, CD, 1, 3))
}
