package rtmp

import (
	"encoding/binary"
	"fmt"
	"math"
)

// AMF0 type markers (AMF0 specification 2.1).
const (
	amfNumber      = 0x00
	amfBoolean     = 0x01
	amfString      = 0x02
	amfObject      = 0x03
	amfNull        = 0x05
	amfUndefined   = 0x06
	amfECMAArray   = 0x08
	amfObjectEnd   = 0x09
	amfStrictArray = 0x0a
	amfDate        = 0x0b
	amfLongString  = 0x0c
	amfUnsupported = 0x0d
	amfXML         = 0x0f
	amfTypedObject = 0x10
)

const (
	// maxAMFDepth bounds nesting; connect commands and metadata nest two deep.
	maxAMFDepth = 8
	// maxAMFValues bounds the values of one message; the largest onMetaData seen has about 40.
	maxAMFValues = 1024
)

// object is an AMF0 object or ECMA array; the order of fields is kept so that what we write is
// the same every time.
type object []field

type field struct {
	key   string
	value any
}

// get returns the last value under key, nil when absent.
func (o object) get(key string) any {
	for i := len(o) - 1; i >= 0; i-- {
		if o[i].key == key {
			return o[i].value
		}
	}
	return nil
}

// decodeAMF reads every value of a message: float64, bool, string, object, []any or nil.
func decodeAMF(b []byte) ([]any, error) {
	d := &amfDecoder{rest: b}
	var values []any
	for len(d.rest) > 0 {
		v, err := d.value(0)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

type amfDecoder struct {
	rest  []byte
	count int
}

func (d *amfDecoder) take(n int) ([]byte, error) {
	if n > len(d.rest) {
		return nil, fmt.Errorf("AMF0 ends early: %d bytes due, %d left", n, len(d.rest))
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b, nil
}

func (d *amfDecoder) value(depth int) (any, error) {
	if depth > maxAMFDepth {
		return nil, fmt.Errorf("AMF0 nests deeper than %d", maxAMFDepth)
	}
	if d.count++; d.count > maxAMFValues {
		return nil, fmt.Errorf("AMF0 with more than %d values", maxAMFValues)
	}
	marker, err := d.take(1)
	if err != nil {
		return nil, err
	}
	switch marker[0] {
	case amfNumber:
		return d.number()
	case amfBoolean:
		b, err := d.take(1)
		return err == nil && b[0] != 0, err
	case amfString:
		return d.text(2)
	case amfLongString, amfXML:
		return d.text(4)
	case amfNull, amfUndefined, amfUnsupported:
		return nil, nil
	case amfDate:
		v, err := d.number()
		if err == nil {
			_, err = d.take(2) // time zone, to be ignored
		}
		return v, err
	case amfTypedObject:
		if _, err := d.text(2); err != nil {
			return nil, err
		}
		return d.fields(depth)
	case amfObject:
		return d.fields(depth)
	case amfECMAArray:
		// The count is a hint that encoders get wrong; the end marker decides.
		if _, err := d.take(4); err != nil {
			return nil, err
		}
		return d.fields(depth)
	case amfStrictArray:
		return d.array(depth)
	}
	return nil, fmt.Errorf("AMF0 type %#02x", marker[0])
}

func (d *amfDecoder) number() (float64, error) {
	b, err := d.take(8)
	if err != nil {
		return 0, err
	}
	return math.Float64frombits(binary.BigEndian.Uint64(b)), nil
}

func (d *amfDecoder) text(lengthBytes int) (string, error) {
	b, err := d.take(lengthBytes)
	if err != nil {
		return "", err
	}
	var n uint64
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	if n > uint64(len(d.rest)) {
		return "", fmt.Errorf("AMF0 string of %d bytes, %d left", n, len(d.rest))
	}
	b, err = d.take(int(n))
	return string(b), err
}

func (d *amfDecoder) fields(depth int) (object, error) {
	o := object{}
	for {
		key, err := d.text(2)
		if err != nil {
			return nil, err
		}
		if key == "" && len(d.rest) > 0 && d.rest[0] == amfObjectEnd {
			d.rest = d.rest[1:]
			return o, nil
		}
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		o = append(o, field{key, v})
	}
}

func (d *amfDecoder) array(depth int) ([]any, error) {
	b, err := d.take(4)
	if err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(b)
	if n > maxAMFValues {
		return nil, fmt.Errorf("AMF0 array of %d values", n)
	}
	out := []any{}
	for i := uint32(0); i < n; i++ {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// encodeAMF writes values of the types decodeAMF returns. Another type is a mistake in this
// package and becomes null.
func encodeAMF(values ...any) []byte {
	var out []byte
	for _, v := range values {
		out = appendAMF(out, v)
	}
	return out
}

func appendAMF(out []byte, v any) []byte {
	switch v := v.(type) {
	case float64:
		return binary.BigEndian.AppendUint64(append(out, amfNumber), math.Float64bits(v))
	case bool:
		if v {
			return append(out, amfBoolean, 1)
		}
		return append(out, amfBoolean, 0)
	case string:
		if len(v) > math.MaxUint16 {
			out = binary.BigEndian.AppendUint32(append(out, amfLongString), uint32(len(v)))
			return append(out, v...)
		}
		return appendAMFKey(append(out, amfString), v)
	case object:
		out = append(out, amfObject)
		for _, f := range v {
			out = appendAMF(appendAMFKey(out, f.key), f.value)
		}
		return append(out, 0, 0, amfObjectEnd)
	case []any:
		out = binary.BigEndian.AppendUint32(append(out, amfStrictArray), uint32(len(v)))
		for _, e := range v {
			out = appendAMF(out, e)
		}
		return out
	}
	return append(out, amfNull)
}

func appendAMFKey(out []byte, s string) []byte {
	if len(s) > math.MaxUint16 {
		s = s[:math.MaxUint16]
	}
	return append(binary.BigEndian.AppendUint16(out, uint16(len(s))), s...)
}
