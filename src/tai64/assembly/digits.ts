/** Eight digits at once, in one 64-bit word (the first digit in its lowest byte). */

/** The value of eight ASCII hex digits, which must be valid lower-case ones. */
export function fromHex8(ascii: u64): u32 {
  // '0'…'9' are 0x30…0x39; 'a'…'f' are 0x61…0x66, bit 6 set: nine more than their low nibble.
  let v = (ascii & 0x0f0f0f0f0f0f0f0f) + ((ascii >> 6) & 0x0101010101010101) * 9;
  v = ((v << 4) | (v >> 8)) & 0x00ff00ff00ff00ff;
  v = ((v << 8) | (v >> 16)) & 0x0000ffff0000ffff;
  return ((<u32>v) << 16) | <u32>(v >> 32);
}

/** Eight ASCII hex digits of a value. */
export function toHex8(value: u32): u64 {
  let v = ((<u64>(value & 0xffff)) << 32) | (value >> 16);
  v = ((v & 0x000000ff000000ff) << 16) | ((v >> 8) & 0x000000ff000000ff);
  v = ((v & 0x000f000f000f000f) << 8) | ((v >> 4) & 0x000f000f000f000f);
  // 10…15 carry into bit 4 when 6 is added: those get 'a' - '0' - 10 = 39 more.
  const letters = ((v + 0x0606060606060606) >> 4) & 0x0101010101010101;
  return v + 0x3030303030303030 + letters * 39;
}

/** Eight ASCII decimal digits of a value below 100,000,000. */
export function toDecimal8(value: u32): u64 {
  const high = value / 10000;
  let v = <u64>high | ((<u64>(value - high * 10000)) << 32);
  // Divisions by multiplication, exact in these ranges: by 100 below 10,000, by 10 below 100.
  const hundreds = ((v * 10486) >> 20) & 0x0000007f0000007f;
  v = hundreds | ((v - hundreds * 100) << 16);
  const tens = ((v * 103) >> 10) & 0x000f000f000f000f;
  v = tens | ((v - tens * 10) << 8);
  return v + 0x3030303030303030;
}
