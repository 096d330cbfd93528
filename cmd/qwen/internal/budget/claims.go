package budget

import (
	"encoding/binary"
	"slices"
	"time"
)

// header begins the file of claims. After it there are, in little-endian order, how
// many there are, and of each its number, its time in milliseconds since 1970, and its
// tokens.
const header = "qwen claims 1\n"

const claimSize = 3 * 8

// A claimed is a request that the ledger does not have yet.
type claimed struct{ id, at, tokens int64 }

type claims []claimed

// parse reads a file. What is no file of claims holds none.
func parse(data []byte) claims {
	if len(data) < len(header)+8 || string(data[:len(header)]) != header {
		return nil
	}
	data = data[len(header):]
	number := func(offset int) int64 { return int64(binary.LittleEndian.Uint64(data[offset:])) }
	n := min(uint64(number(0)), uint64((len(data)-8)/claimSize))
	var list claims
	for i := range int(n) {
		o := 8 + i*claimSize
		list = append(list, claimed{number(o), number(o + 8), number(o + 16)})
	}
	return list
}

func (list claims) bytes() []byte {
	data := binary.LittleEndian.AppendUint64([]byte(header), uint64(len(list)))
	for _, c := range list {
		for _, n := range []int64{c.id, c.at, c.tokens} {
			data = binary.LittleEndian.AppendUint64(data, uint64(n))
		}
	}
	return data
}

// since returns the claims of a day.
func (list claims) since(midnight time.Time) claims {
	from, to := midnight.UnixMilli(), midnight.AddDate(0, 0, 1).UnixMilli()
	return slices.DeleteFunc(list, func(c claimed) bool { return c.at < from || c.at >= to || c.tokens < 0 || c.tokens > 1<<40 })
}

func (list claims) without(ids []int64) claims {
	return slices.DeleteFunc(list, func(c claimed) bool { return slices.Contains(ids, c.id) })
}

func (list claims) total() (sum Amount) {
	for _, c := range list {
		sum = sum.plus(Amount{1, c.tokens})
	}
	return sum
}
