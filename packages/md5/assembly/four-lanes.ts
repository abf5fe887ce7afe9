// MD5 on four independent messages at once, one in each part of a vector.

import { dataOf, valueOf, wordsOf } from './lane-table'
import { F, G, H, I, sine, transpose } from './vector-steps'

// Word `i` of the current 64 bytes of all four lanes.
@inline function word(words: usize, i: usize): v128 {
  return v128.load(words + i * 16)
}

/** Advances lanes 0 to 3 of the lane table at `table`, each by `length` bytes, a multiple of 64. */
export function absorb4(table: usize, length: usize): void {
  const words = wordsOf(table)
  let p0 = dataOf(table, 0), p1 = dataOf(table, 1), p2 = dataOf(table, 2), p3 = dataOf(table, 3)

  transpose(words, 16, valueOf(table, 0), valueOf(table, 1), valueOf(table, 2), valueOf(table, 3))
  let a = v128.load(words), b = v128.load(words, 16), c = v128.load(words, 32), d = v128.load(words, 48)

  for (const end = p0 + length; p0 < end; ) {
    for (let i: usize = 0; i < 64; i += 16) {
      transpose(words + i * 4, 16, p0 + i, p1 + i, p2 + i, p3 + i)
    }
    const a_ = a, b_ = b, c_ = c, d_ = d

    a = F(a, b, c, d, word(words, 0), 7, sine(0))
    d = F(d, a, b, c, word(words, 1), 12, sine(1))
    c = F(c, d, a, b, word(words, 2), 17, sine(2))
    b = F(b, c, d, a, word(words, 3), 22, sine(3))
    a = F(a, b, c, d, word(words, 4), 7, sine(4))
    d = F(d, a, b, c, word(words, 5), 12, sine(5))
    c = F(c, d, a, b, word(words, 6), 17, sine(6))
    b = F(b, c, d, a, word(words, 7), 22, sine(7))
    a = F(a, b, c, d, word(words, 8), 7, sine(8))
    d = F(d, a, b, c, word(words, 9), 12, sine(9))
    c = F(c, d, a, b, word(words, 10), 17, sine(10))
    b = F(b, c, d, a, word(words, 11), 22, sine(11))
    a = F(a, b, c, d, word(words, 12), 7, sine(12))
    d = F(d, a, b, c, word(words, 13), 12, sine(13))
    c = F(c, d, a, b, word(words, 14), 17, sine(14))
    b = F(b, c, d, a, word(words, 15), 22, sine(15))

    a = G(a, b, c, d, word(words, 1), 5, sine(16))
    d = G(d, a, b, c, word(words, 6), 9, sine(17))
    c = G(c, d, a, b, word(words, 11), 14, sine(18))
    b = G(b, c, d, a, word(words, 0), 20, sine(19))
    a = G(a, b, c, d, word(words, 5), 5, sine(20))
    d = G(d, a, b, c, word(words, 10), 9, sine(21))
    c = G(c, d, a, b, word(words, 15), 14, sine(22))
    b = G(b, c, d, a, word(words, 4), 20, sine(23))
    a = G(a, b, c, d, word(words, 9), 5, sine(24))
    d = G(d, a, b, c, word(words, 14), 9, sine(25))
    c = G(c, d, a, b, word(words, 3), 14, sine(26))
    b = G(b, c, d, a, word(words, 8), 20, sine(27))
    a = G(a, b, c, d, word(words, 13), 5, sine(28))
    d = G(d, a, b, c, word(words, 2), 9, sine(29))
    c = G(c, d, a, b, word(words, 7), 14, sine(30))
    b = G(b, c, d, a, word(words, 12), 20, sine(31))

    a = H(a, b, c, d, word(words, 5), 4, sine(32))
    d = H(d, a, b, c, word(words, 8), 11, sine(33))
    c = H(c, d, a, b, word(words, 11), 16, sine(34))
    b = H(b, c, d, a, word(words, 14), 23, sine(35))
    a = H(a, b, c, d, word(words, 1), 4, sine(36))
    d = H(d, a, b, c, word(words, 4), 11, sine(37))
    c = H(c, d, a, b, word(words, 7), 16, sine(38))
    b = H(b, c, d, a, word(words, 10), 23, sine(39))
    a = H(a, b, c, d, word(words, 13), 4, sine(40))
    d = H(d, a, b, c, word(words, 0), 11, sine(41))
    c = H(c, d, a, b, word(words, 3), 16, sine(42))
    b = H(b, c, d, a, word(words, 6), 23, sine(43))
    a = H(a, b, c, d, word(words, 9), 4, sine(44))
    d = H(d, a, b, c, word(words, 12), 11, sine(45))
    c = H(c, d, a, b, word(words, 15), 16, sine(46))
    b = H(b, c, d, a, word(words, 2), 23, sine(47))

    a = I(a, b, c, d, word(words, 0), 6, sine(48))
    d = I(d, a, b, c, word(words, 7), 10, sine(49))
    c = I(c, d, a, b, word(words, 14), 15, sine(50))
    b = I(b, c, d, a, word(words, 5), 21, sine(51))
    a = I(a, b, c, d, word(words, 12), 6, sine(52))
    d = I(d, a, b, c, word(words, 3), 10, sine(53))
    c = I(c, d, a, b, word(words, 10), 15, sine(54))
    b = I(b, c, d, a, word(words, 1), 21, sine(55))
    a = I(a, b, c, d, word(words, 8), 6, sine(56))
    d = I(d, a, b, c, word(words, 15), 10, sine(57))
    c = I(c, d, a, b, word(words, 6), 15, sine(58))
    b = I(b, c, d, a, word(words, 13), 21, sine(59))
    a = I(a, b, c, d, word(words, 4), 6, sine(60))
    d = I(d, a, b, c, word(words, 11), 10, sine(61))
    c = I(c, d, a, b, word(words, 2), 15, sine(62))
    b = I(b, c, d, a, word(words, 9), 21, sine(63))

    a = i32x4.add(a, a_); b = i32x4.add(b, b_); c = i32x4.add(c, c_); d = i32x4.add(d, d_)
    p0 += 64; p1 += 64; p2 += 64; p3 += 64
  }

  v128.store(words, a); v128.store(words, b, 16); v128.store(words, c, 32); v128.store(words, d, 48)
  transpose(valueOf(table, 0), 16, words, words + 16, words + 32, words + 48)
}
