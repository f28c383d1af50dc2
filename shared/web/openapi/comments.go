package openapi

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"unicode"
)

// comments are what the source says of types and their fields.
type comments struct {
	root     string
	packages map[string]map[string]string // import path → "Type" or "Type.Field" → its comment
	err      error
}

// of is the comment of a type, or of one of its fields, in one line; "" where there is none. A field's Go name would mean
// nothing to a reader, so a comment that begins with it goes on without.
func (c *comments) of(t reflect.Type, field string) string {
	folder, ours := strings.CutPrefix(t.PkgPath(), module)
	if !ours || t.Name() == "" {
		return ""
	}
	texts, known := c.packages[folder]
	if !known {
		texts = map[string]string{}
		c.packages[folder] = texts
		if err := c.read(folder, texts); err != nil {
			c.err = err
		}
	}
	if field == "" {
		return sentence(texts[t.Name()], t.Name())
	}
	return sentence(texts[t.Name()+"."+field], field)
}

// sentence leaves out the name and the verb that a Go comment begins with.
func sentence(text, name string) string {
	for _, verb := range []string{" is ", " are "} {
		if rest, ok := strings.CutPrefix(text, name+verb); ok {
			text = rest
		}
	}
	if len(text) > 1 && !unicode.IsLetter(rune(text[1])) && text[1] != ' ' {
		return text // an example, such as a***@example.org
	}
	return capital(text)
}

func (c *comments) read(folder string, into map[string]string) error {
	paths, err := filepath.Glob(filepath.Join(c.root, folder, "*.go"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			declared, ok := n.(*ast.GenDecl)
			if !ok || declared.Tok != token.TYPE {
				return true
			}
			for _, spec := range declared.Specs {
				spec := spec.(*ast.TypeSpec)
				into[spec.Name.Name] = text(declared.Doc, spec.Doc, spec.Comment)
				fields, ok := spec.Type.(*ast.StructType)
				if !ok {
					continue
				}
				for _, f := range fields.Fields.List {
					for _, name := range f.Names {
						into[spec.Name.Name+"."+name.Name] = text(f.Doc, f.Comment)
					}
				}
			}
			return true
		})
	}
	return nil
}

func text(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if g != nil {
			return strings.Join(strings.Fields(g.Text()), " ")
		}
	}
	return ""
}
