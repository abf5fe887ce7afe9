// MD5 on eight independent messages at once, in two vectors of four. The steps of the two alternate, because a step
// of one fills the time in which the other waits for the result of its previous step.

import { dataOf, valueOf, wordsOf } from './lane-table'
import { F, G, H, I, sine, transpose } from './vector-steps'

// Word `i` of the current 64 bytes of lanes 0 to 3 and 4 to 7.
@inline function word0(words: usize, i: usize): v128 {
  return v128.load(words + i * 32)
}

@inline function word1(words: usize, i: usize): v128 {
  return v128.load(words + i * 32 + 16)
}

/** Advances lanes 0 to 7 of the lane table at `table`, each by `length` bytes, a multiple of 64. */
export function absorb8(table: usize, length: usize): void {
  const words = wordsOf(table)
  let p0 = dataOf(table, 0), p1 = dataOf(table, 1), p2 = dataOf(table, 2), p3 = dataOf(table, 3)
  let p4 = dataOf(table, 4), p5 = dataOf(table, 5), p6 = dataOf(table, 6), p7 = dataOf(table, 7)

  transpose(words, 16, valueOf(table, 0), valueOf(table, 1), valueOf(table, 2), valueOf(table, 3))
  let a0 = v128.load(words), b0 = v128.load(words, 16), c0 = v128.load(words, 32), d0 = v128.load(words, 48)

  transpose(words, 16, valueOf(table, 4), valueOf(table, 5), valueOf(table, 6), valueOf(table, 7))
  let a1 = v128.load(words), b1 = v128.load(words, 16), c1 = v128.load(words, 32), d1 = v128.load(words, 48)

  for (const end = p0 + length; p0 < end; ) {
    for (let i: usize = 0; i < 64; i += 16) {
      transpose(words + i * 8, 32, p0 + i, p1 + i, p2 + i, p3 + i)
      transpose(words + i * 8 + 16, 32, p4 + i, p5 + i, p6 + i, p7 + i)
    }
    const a0_ = a0, b0_ = b0, c0_ = c0, d0_ = d0
    const a1_ = a1, b1_ = b1, c1_ = c1, d1_ = d1

    a0 = F(a0, b0, c0, d0, word0(words, 0), 7, sine(0)); a1 = F(a1, b1, c1, d1, word1(words, 0), 7, sine(0))
    d0 = F(d0, a0, b0, c0, word0(words, 1), 12, sine(1)); d1 = F(d1, a1, b1, c1, word1(words, 1), 12, sine(1))
    c0 = F(c0, d0, a0, b0, word0(words, 2), 17, sine(2)); c1 = F(c1, d1, a1, b1, word1(words, 2), 17, sine(2))
    b0 = F(b0, c0, d0, a0, word0(words, 3), 22, sine(3)); b1 = F(b1, c1, d1, a1, word1(words, 3), 22, sine(3))
    a0 = F(a0, b0, c0, d0, word0(words, 4), 7, sine(4)); a1 = F(a1, b1, c1, d1, word1(words, 4), 7, sine(4))
    d0 = F(d0, a0, b0, c0, word0(words, 5), 12, sine(5)); d1 = F(d1, a1, b1, c1, word1(words, 5), 12, sine(5))
    c0 = F(c0, d0, a0, b0, word0(words, 6), 17, sine(6)); c1 = F(c1, d1, a1, b1, word1(words, 6), 17, sine(6))
    b0 = F(b0, c0, d0, a0, word0(words, 7), 22, sine(7)); b1 = F(b1, c1, d1, a1, word1(words, 7), 22, sine(7))
    a0 = F(a0, b0, c0, d0, word0(words, 8), 7, sine(8)); a1 = F(a1, b1, c1, d1, word1(words, 8), 7, sine(8))
    d0 = F(d0, a0, b0, c0, word0(words, 9), 12, sine(9)); d1 = F(d1, a1, b1, c1, word1(words, 9), 12, sine(9))
    c0 = F(c0, d0, a0, b0, word0(words, 10), 17, sine(10)); c1 = F(c1, d1, a1, b1, word1(words, 10), 17, sine(10))
    b0 = F(b0, c0, d0, a0, word0(words, 11), 22, sine(11)); b1 = F(b1, c1, d1, a1, word1(words, 11), 22, sine(11))
    a0 = F(a0, b0, c0, d0, word0(words, 12), 7, sine(12)); a1 = F(a1, b1, c1, d1, word1(words, 12), 7, sine(12))
    d0 = F(d0, a0, b0, c0, word0(words, 13), 12, sine(13)); d1 = F(d1, a1, b1, c1, word1(words, 13), 12, sine(13))
    c0 = F(c0, d0, a0, b0, word0(words, 14), 17, sine(14)); c1 = F(c1, d1, a1, b1, word1(words, 14), 17, sine(14))
    b0 = F(b0, c0, d0, a0, word0(words, 15), 22, sine(15)); b1 = F(b1, c1, d1, a1, word1(words, 15), 22, sine(15))

    a0 = G(a0, b0, c0, d0, word0(words, 1), 5, sine(16)); a1 = G(a1, b1, c1, d1, word1(words, 1), 5, sine(16))
    d0 = G(d0, a0, b0, c0, word0(words, 6), 9, sine(17)); d1 = G(d1, a1, b1, c1, word1(words, 6), 9, sine(17))
    c0 = G(c0, d0, a0, b0, word0(words, 11), 14, sine(18)); c1 = G(c1, d1, a1, b1, word1(words, 11), 14, sine(18))
    b0 = G(b0, c0, d0, a0, word0(words, 0), 20, sine(19)); b1 = G(b1, c1, d1, a1, word1(words, 0), 20, sine(19))
    a0 = G(a0, b0, c0, d0, word0(words, 5), 5, sine(20)); a1 = G(a1, b1, c1, d1, word1(words, 5), 5, sine(20))
    d0 = G(d0, a0, b0, c0, word0(words, 10), 9, sine(21)); d1 = G(d1, a1, b1, c1, word1(words, 10), 9, sine(21))
    c0 = G(c0, d0, a0, b0, word0(words, 15), 14, sine(22)); c1 = G(c1, d1, a1, b1, word1(words, 15), 14, sine(22))
    b0 = G(b0, c0, d0, a0, word0(words, 4), 20, sine(23)); b1 = G(b1, c1, d1, a1, word1(words, 4), 20, sine(23))
    a0 = G(a0, b0, c0, d0, word0(words, 9), 5, sine(24)); a1 = G(a1, b1, c1, d1, word1(words, 9), 5, sine(24))
    d0 = G(d0, a0, b0, c0, word0(words, 14), 9, sine(25)); d1 = G(d1, a1, b1, c1, word1(words, 14), 9, sine(25))
    c0 = G(c0, d0, a0, b0, word0(words, 3), 14, sine(26)); c1 = G(c1, d1, a1, b1, word1(words, 3), 14, sine(26))
    b0 = G(b0, c0, d0, a0, word0(words, 8), 20, sine(27)); b1 = G(b1, c1, d1, a1, word1(words, 8), 20, sine(27))
    a0 = G(a0, b0, c0, d0, word0(words, 13), 5, sine(28)); a1 = G(a1, b1, c1, d1, word1(words, 13), 5, sine(28))
    d0 = G(d0, a0, b0, c0, word0(words, 2), 9, sine(29)); d1 = G(d1, a1, b1, c1, word1(words, 2), 9, sine(29))
    c0 = G(c0, d0, a0, b0, word0(words, 7), 14, sine(30)); c1 = G(c1, d1, a1, b1, word1(words, 7), 14, sine(30))
    b0 = G(b0, c0, d0, a0, word0(words, 12), 20, sine(31)); b1 = G(b1, c1, d1, a1, word1(words, 12), 20, sine(31))

    a0 = H(a0, b0, c0, d0, word0(words, 5), 4, sine(32)); a1 = H(a1, b1, c1, d1, word1(words, 5), 4, sine(32))
    d0 = H(d0, a0, b0, c0, word0(words, 8), 11, sine(33)); d1 = H(d1, a1, b1, c1, word1(words, 8), 11, sine(33))
    c0 = H(c0, d0, a0, b0, word0(words, 11), 16, sine(34)); c1 = H(c1, d1, a1, b1, word1(words, 11), 16, sine(34))
    b0 = H(b0, c0, d0, a0, word0(words, 14), 23, sine(35)); b1 = H(b1, c1, d1, a1, word1(words, 14), 23, sine(35))
    a0 = H(a0, b0, c0, d0, word0(words, 1), 4, sine(36)); a1 = H(a1, b1, c1, d1, word1(words, 1), 4, sine(36))
    d0 = H(d0, a0, b0, c0, word0(words, 4), 11, sine(37)); d1 = H(d1, a1, b1, c1, word1(words, 4), 11, sine(37))
    c0 = H(c0, d0, a0, b0, word0(words, 7), 16, sine(38)); c1 = H(c1, d1, a1, b1, word1(words, 7), 16, sine(38))
    b0 = H(b0, c0, d0, a0, word0(words, 10), 23, sine(39)); b1 = H(b1, c1, d1, a1, word1(words, 10), 23, sine(39))
    a0 = H(a0, b0, c0, d0, word0(words, 13), 4, sine(40)); a1 = H(a1, b1, c1, d1, word1(words, 13), 4, sine(40))
    d0 = H(d0, a0, b0, c0, word0(words, 0), 11, sine(41)); d1 = H(d1, a1, b1, c1, word1(words, 0), 11, sine(41))
    c0 = H(c0, d0, a0, b0, word0(words, 3), 16, sine(42)); c1 = H(c1, d1, a1, b1, word1(words, 3), 16, sine(42))
    b0 = H(b0, c0, d0, a0, word0(words, 6), 23, sine(43)); b1 = H(b1, c1, d1, a1, word1(words, 6), 23, sine(43))
    a0 = H(a0, b0, c0, d0, word0(words, 9), 4, sine(44)); a1 = H(a1, b1, c1, d1, word1(words, 9), 4, sine(44))
    d0 = H(d0, a0, b0, c0, word0(words, 12), 11, sine(45)); d1 = H(d1, a1, b1, c1, word1(words, 12), 11, sine(45))
    c0 = H(c0, d0, a0, b0, word0(words, 15), 16, sine(46)); c1 = H(c1, d1, a1, b1, word1(words, 15), 16, sine(46))
    b0 = H(b0, c0, d0, a0, word0(words, 2), 23, sine(47)); b1 = H(b1, c1, d1, a1, word1(words, 2), 23, sine(47))

    a0 = I(a0, b0, c0, d0, word0(words, 0), 6, sine(48)); a1 = I(a1, b1, c1, d1, word1(words, 0), 6, sine(48))
    d0 = I(d0, a0, b0, c0, word0(words, 7), 10, sine(49)); d1 = I(d1, a1, b1, c1, word1(words, 7), 10, sine(49))
    c0 = I(c0, d0, a0, b0, word0(words, 14), 15, sine(50)); c1 = I(c1, d1, a1, b1, word1(words, 14), 15, sine(50))
    b0 = I(b0, c0, d0, a0, word0(words, 5), 21, sine(51)); b1 = I(b1, c1, d1, a1, word1(words, 5), 21, sine(51))
    a0 = I(a0, b0, c0, d0, word0(words, 12), 6, sine(52)); a1 = I(a1, b1, c1, d1, word1(words, 12), 6, sine(52))
    d0 = I(d0, a0, b0, c0, word0(words, 3), 10, sine(53)); d1 = I(d1, a1, b1, c1, word1(words, 3), 10, sine(53))
    c0 = I(c0, d0, a0, b0, word0(words, 10), 15, sine(54)); c1 = I(c1, d1, a1, b1, word1(words, 10), 15, sine(54))
    b0 = I(b0, c0, d0, a0, word0(words, 1), 21, sine(55)); b1 = I(b1, c1, d1, a1, word1(words, 1), 21, sine(55))
    a0 = I(a0, b0, c0, d0, word0(words, 8), 6, sine(56)); a1 = I(a1, b1, c1, d1, word1(words, 8), 6, sine(56))
    d0 = I(d0, a0, b0, c0, word0(words, 15), 10, sine(57)); d1 = I(d1, a1, b1, c1, word1(words, 15), 10, sine(57))
    c0 = I(c0, d0, a0, b0, word0(words, 6), 15, sine(58)); c1 = I(c1, d1, a1, b1, word1(words, 6), 15, sine(58))
    b0 = I(b0, c0, d0, a0, word0(words, 13), 21, sine(59)); b1 = I(b1, c1, d1, a1, word1(words, 13), 21, sine(59))
    a0 = I(a0, b0, c0, d0, word0(words, 4), 6, sine(60)); a1 = I(a1, b1, c1, d1, word1(words, 4), 6, sine(60))
    d0 = I(d0, a0, b0, c0, word0(words, 11), 10, sine(61)); d1 = I(d1, a1, b1, c1, word1(words, 11), 10, sine(61))
    c0 = I(c0, d0, a0, b0, word0(words, 2), 15, sine(62)); c1 = I(c1, d1, a1, b1, word1(words, 2), 15, sine(62))
    b0 = I(b0, c0, d0, a0, word0(words, 9), 21, sine(63)); b1 = I(b1, c1, d1, a1, word1(words, 9), 21, sine(63))

    a0 = i32x4.add(a0, a0_); b0 = i32x4.add(b0, b0_); c0 = i32x4.add(c0, c0_); d0 = i32x4.add(d0, d0_)
    a1 = i32x4.add(a1, a1_); b1 = i32x4.add(b1, b1_); c1 = i32x4.add(c1, c1_); d1 = i32x4.add(d1, d1_)
    p0 += 64; p1 += 64; p2 += 64; p3 += 64
    p4 += 64; p5 += 64; p6 += 64; p7 += 64
  }

  v128.store(words, a0); v128.store(words, b0, 16); v128.store(words, c0, 32); v128.store(words, d0, 48)
  transpose(valueOf(table, 0), 16, words, words + 16, words + 32, words + 48)

  v128.store(words, a1); v128.store(words, b1, 16); v128.store(words, c1, 32); v128.store(words, d1, 48)
  transpose(valueOf(table, 4), 16, words, words + 16, words + 32, words + 48)
}
