package template

import (
	"iter"

	"go.yaml.in/yaml/v4"
)

// child gives the value under key in a mapping, or nil.
func child(node *yaml.Node, key string) *yaml.Node {
	for name, value := range entries(node) {
		if name == key {
			return value
		}
	}
	return nil
}

// entries gives a mapping's keys and values in the file's order; nothing for a nil node or another kind.
func entries(node *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		if node == nil || node.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			value := node.Content[i+1]
			if value.Kind == yaml.AliasNode {
				value = value.Alias
			}
			if !yield(node.Content[i].Value, value) {
				return
			}
		}
	}
}
