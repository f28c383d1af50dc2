package bucket

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestList(t *testing.T) {
	f := start(t)
	for _, k := range []string{"a", "b/1", "b/2", "b/c/3", "d", "e/1"} {
		f.put(name, k, k)
	}
	f.put(name, "b/1", "again")
	f.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: key(name), Key: key("d")})
	for title, c := range map[string]struct {
		in   s3.ListObjectsV2Input
		want string
	}{
		"All":              {s3.ListObjectsV2Input{}, "a b/1 b/2 b/c/3 e/1"},
		"Prefix":           {s3.ListObjectsV2Input{Prefix: key("b/")}, "b/1 b/2 b/c/3"},
		"Delimiter":        {s3.ListObjectsV2Input{Delimiter: key("/")}, "a [b/] [e/]"},
		"PrefixDelimiter":  {s3.ListObjectsV2Input{Prefix: key("b/"), Delimiter: key("/")}, "b/1 b/2 [b/c/]"},
		"StartAfter":       {s3.ListObjectsV2Input{StartAfter: key("b/1")}, "b/2 b/c/3 e/1"},
		"PartOfAPathPiece": {s3.ListObjectsV2Input{Prefix: key("b"), Delimiter: key("/")}, "[b/]"},
	} {
		for _, pageSize := range []int32{1, 2, 1000} {
			t.Run(title, func(t *testing.T) {
				in := c.in
				in.Bucket, in.MaxKeys = key(name), &pageSize
				var got []string
				for pages := s3.NewListObjectsV2Paginator(f.Client, &in); pages.HasMorePages(); {
					page, err := pages.NextPage(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					for _, o := range page.Contents {
						got = append(got, *o.Key)
					}
					for _, p := range page.CommonPrefixes {
						got = append(got, "["+*p.Prefix+"]")
					}
				}
				if strings.Join(got, " ") != c.want {
					t.Errorf("pages of %d: %v, want %s", pageSize, got, c.want)
				}
			})
		}
	}
	t.Run("VersionsByPage", func(t *testing.T) {
		var got []string
		for pages := s3.NewListObjectVersionsPaginator(f.Client, &s3.ListObjectVersionsInput{Bucket: key(name), MaxKeys: aws.Int32(2)}); pages.HasMorePages(); {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range page.Versions {
				got = append(got, *v.Key)
			}
			for _, v := range page.DeleteMarkers {
				got = append(got, "-"+*v.Key)
			}
		}
		if want := "a b/1 b/1 b/2 b/c/3 -d d e/1"; strings.Join(got, " ") != want && strings.Join(got, " ") != "a b/1 b/1 b/2 b/c/3 d -d e/1" {
			t.Errorf("got %v, want %s", got, want)
		}
	})
}
