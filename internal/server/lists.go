package server

import "github.com/danielgtaylor/huma/v2"

// IDs is a list of ids in a request: each at most 64 characters. How many there may be is the field's own
// maxItems. huma's tags bound a list, not what stands in it, hence a type.
type IDs []string

// Schema implements huma.SchemaProvider.
func (IDs) Schema(huma.Registry) *huma.Schema { return listOf(64) }

// Words is a list of short texts in a request, such as tags: each at most 96 characters.
type Words []string

// Schema implements huma.SchemaProvider.
func (Words) Schema(huma.Registry) *huma.Schema { return listOf(96) }

func listOf(maxLength int) *huma.Schema {
	return &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString, MaxLength: &maxLength}}
}
