package blockfile_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/blockfile"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// blocks are one with everything, and one with nothing.
func blocks() []chain.StoredBlock {
	full := chain.StoredBlock{
		Block: primitives.Block{
			Header: primitives.Header{ParentHash: primitives.Hash{1}, Number: 300, StateRoot: primitives.Hash{2}, ExtrinsicsRoot: primitives.Hash{3}, Digest: primitives.Digest{
				primitives.PreRuntime{Engine: primitives.EngineBABE, Data: []byte{1, 2}}, primitives.Seal{Engine: primitives.EngineBABE, Data: []byte{3}},
			}},
			Extrinsics: []primitives.Extrinsic{{4, 5}, {}},
		},
		Justification: &primitives.Justification{Engine: primitives.EngineGRANDPA, Data: []byte{6, 255}},
	}
	return []chain.StoredBlock{full, {Block: primitives.Block{Header: primitives.Header{Number: 1}}}}
}

func write(t testing.TB, asBinary bool, all ...chain.StoredBlock) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := blockfile.NewWriter(&out, asBinary, uint64(len(all)))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		if err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// readAll returns the blocks up to the end or the first fault.
func readAll(text []byte, asBinary bool) (all []chain.StoredBlock, err error) {
	r, err := blockfile.NewReader(bytes.NewReader(text), asBinary)
	for err == nil {
		var b chain.StoredBlock
		if b, err = r.Next(); err == nil {
			all = append(all, b)
		}
	}
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return all, err
}

// same compares blocks by what they are written as.
func same(a, b chain.StoredBlock) bool {
	return a.Block.Header.Hash() == b.Block.Header.Hash() && fmt.Sprintf("%x", a.Block.Extrinsics) == fmt.Sprintf("%x", b.Block.Extrinsics) &&
		reflect.DeepEqual(a.Justification, b.Justification)
}

func TestRoundTrip(t *testing.T) {
	for _, asBinary := range []bool{false, true} {
		want := blocks()
		got, err := readAll(write(t, asBinary, want...), asBinary)
		if err != nil || len(got) != len(want) {
			t.Fatalf("binary %t: %d blocks, %v", asBinary, len(got), err)
		}
		for i := range want {
			if !same(got[i], want[i]) {
				t.Errorf("binary %t: block %d is %+v, want %+v", asBinary, i, got[i], want[i])
			}
		}
	}
}

// TestForms holds the forms of Substrate byte for byte.
func TestForms(t *testing.T) {
	b := blocks()[0]
	zero := strings.Repeat("00", 31)
	const digest = "080642414245080102" + "05424142450403"
	wantBinary := "0100000000000000" + "01" + zero + "b104" + "02" + zero + "03" + zero + digest + "08" + "080405" + "00" + "01" + "04" + "46524e4b" + "0806ff"
	if got := hex.EncodeToString(write(t, true, b)); got != wantBinary {
		t.Errorf("binary\ngot  %s\nwant %s", got, wantBinary)
	}
	wantJSON := `{"block":{"header":{"parentHash":"0x01` + zero + `","number":"0x12c","stateRoot":"0x02` + zero + `","extrinsicsRoot":"0x03` + zero +
		`","digest":{"logs":["0x0642414245080102","0x05424142450403"]}},"extrinsics":["0x080405","0x00"]},"justifications":[[[70,82,78,75],[6,255]]]}`
	if got := string(write(t, false, b)); got != wantJSON {
		t.Errorf("JSON\ngot  %s\nwant %s", got, wantJSON)
	}
	if got := string(write(t, false, blocks()[1])); !strings.HasSuffix(got, `"justifications":null}`) || !strings.Contains(got, `"extrinsics":[]`) {
		t.Errorf("empty block is %s", got)
	}
}

// TestManyBlocks reads more than is read ahead at once.
func TestManyBlocks(t *testing.T) {
	b := blocks()[0]
	b.Block.Extrinsics = []primitives.Extrinsic{make([]byte, 5<<20)}
	all := make([]chain.StoredBlock, 9)
	for i := range all {
		all[i] = b
		all[i].Block.Header.Number = primitives.BlockNumber(i)
	}
	got, err := readAll(write(t, true, all...), true)
	if err != nil || len(got) != len(all) {
		t.Fatalf("%d blocks, %v", len(got), err)
	}
	for i := range all {
		if !same(got[i], all[i]) {
			t.Errorf("block %d is another one", i)
		}
	}
}

func TestRefuses(t *testing.T) {
	good := string(write(t, false, blocks()[0]))
	edit := func(old, replacement string) []byte {
		if !strings.Contains(good, old) {
			t.Fatalf("%q is not in %s", old, good)
		}
		return []byte(strings.Replace(good, old, replacement, 1))
	}
	binaryGood := write(t, true, blocks()...)
	for name, test := range map[string]struct {
		text     []byte
		asBinary bool
	}{
		"no count":         {[]byte{1}, true},
		"missing blocks":   {binary.LittleEndian.AppendUint64(nil, 1), true},
		"half a block":     {binaryGood[:len(binaryGood)-3], true},
		"no JSON":          {[]byte("blocks"), false},
		"half an object":   {[]byte(good[:len(good)-3]), false},
		"number":           {edit(`"0x12c"`, `"0x100000000"`), false},
		"hash":             {edit(`"stateRoot":"0x02`, `"stateRoot":"0x`), false},
		"no prefix":        {edit(`"0x080405"`, `"080405"`), false},
		"digits":           {edit(`"0x080405"`, `"0x08040"`), false},
		"extrinsic length": {edit(`"0x080405"`, `"0x0c0405"`), false},
		"digest item":      {edit(`"0x05424142450403"`, `"0x0542414245"`), false},
		"byte":             {edit(`255`, `256`), false},
		"negative byte":    {edit(`255`, `-1`), false},
		"justifications":   {edit(`"justifications":[`, `"justifications":[`+strings.Repeat(`[[70,82,78,75],[1]],`, 9)), false},
	} {
		if all, err := readAll(test.text, test.asBinary); err == nil {
			t.Errorf("%s: read %d blocks and no error", name, len(all))
		}
	}
}

// FuzzRead reads any text in both forms: what is read is written and read as the
// same again.
func FuzzRead(f *testing.F) {
	f.Add(write(f, true, blocks()...), true)
	f.Add(write(f, false, blocks()...), false)
	f.Fuzz(func(t *testing.T, text []byte, asBinary bool) {
		all, _ := readAll(text, asBinary)
		again, err := readAll(write(t, asBinary, all...), asBinary)
		if err != nil || len(again) != len(all) {
			t.Fatalf("%d blocks became %d: %v", len(all), len(again), err)
		}
		for i := range all {
			if !same(all[i], again[i]) {
				t.Fatalf("block %d became another one", i)
			}
		}
	})
}

func ExampleWriter() {
	var file bytes.Buffer
	w, err := blockfile.NewWriter(&file, true, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(w.Write(chain.StoredBlock{Block: primitives.Block{Header: primitives.Header{Number: 7}}}))
	r, err := blockfile.NewReader(&file, true)
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := r.Next()
	fmt.Println(b.Block.Header.Number, err)
	_, err = r.Next()
	fmt.Println(err)
	// Output:
	// <nil>
	// 7 <nil>
	// EOF
}
