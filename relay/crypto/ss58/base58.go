package ss58

import "slices"

// alphabet is Bitcoin's: no 0, O, I and l.
const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// maxAddress bounds what Decode reads, in characters. 36 bytes, the most an
// address holds, take at most 50.
const maxAddress = 64

// digits maps an ASCII character to its value; 0xff is none.
var digits = func() (d [128]byte) {
	for i := range d {
		d[i] = 0xff
	}
	for i, c := range []byte(alphabet) {
		d[c] = byte(i)
	}
	return d
}()

// encodeBase58 writes data as a number to base 58, most significant digit first, one
// leading '1' for each leading zero byte.
func encodeBase58(data []byte) string {
	var little []byte // digits, least significant first
	for _, b := range data {
		little = mulAdd(little, 58, 256, b)
	}
	out := make([]byte, leading(data, 0), len(data)+len(little))
	for i := range out {
		out[i] = alphabet[0]
	}
	for _, d := range slices.Backward(little) {
		out = append(out, alphabet[d])
	}
	return string(out)
}

// decodeBase58 is the inverse of encodeBase58. It returns ErrLength above maxAddress
// and ErrBase58 for a character that is no digit.
func decodeBase58(s string) ([]byte, error) {
	if len(s) > maxAddress {
		return nil, ErrLength
	}
	var little []byte // bytes, least significant first
	for _, c := range []byte(s) {
		if c >= 128 || digits[c] == 0xff {
			return nil, ErrBase58
		}
		little = mulAdd(little, 256, 58, digits[c])
	}
	out := make([]byte, leading([]byte(s), alphabet[0]), len(s))
	for _, b := range slices.Backward(little) {
		out = append(out, b)
	}
	return out, nil
}

// mulAdd returns number·factor + add, where number holds digits to base, least
// significant first, without zeros at the end.
func mulAdd(number []byte, base, factor uint32, add byte) []byte {
	carry := uint32(add)
	for i, d := range number {
		carry += uint32(d) * factor
		number[i] = byte(carry % base)
		carry /= base
	}
	for ; carry > 0; carry /= base {
		number = append(number, byte(carry%base))
	}
	return number
}

// leading counts how many bytes at the start of data are b.
func leading(data []byte, b byte) int {
	n := 0
	for n < len(data) && data[n] == b {
		n++
	}
	return n
}
