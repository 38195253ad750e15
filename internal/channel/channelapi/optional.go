package channelapi

import (
	"bytes"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"
)

// clearID is an id in a change: absent leaves it, null or "" takes it away. A pointer cannot tell absent
// from null.
type clearID struct {
	set   bool
	value string
}

// UnmarshalJSON is called only when the field is present.
func (c *clearID) UnmarshalJSON(b []byte) error {
	c.set = true
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	return json.Unmarshal(b, &c.value)
}

// Schema implements huma.SchemaProvider.
func (clearID) Schema(huma.Registry) *huma.Schema {
	limit := 64
	return &huma.Schema{Type: huma.TypeString, MaxLength: &limit, Nullable: true}
}

func (c clearID) change() *string {
	if !c.set {
		return nil
	}
	return &c.value
}
