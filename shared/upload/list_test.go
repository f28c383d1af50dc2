package upload

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestLatest(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	var ids []string
	for n := range 5 {
		o.now = o.now.Add(time.Minute)
		object := o.put(fmt.Sprintf("uploads/%d.csv", n), title+row(n, "2026-05-01", "in_custody"))
		o.run(object)
		ids = append([]string{object.ID()}, ids...)
	}
	o.now = o.now.Add(time.Minute)
	held := o.maintenance()
	page := func(limit int, after string) (found []string) {
		t.Helper()
		uploads, err := o.desk().Latest(ctx, limit, after)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range uploads {
			found = append(found, u.UploadID)
		}
		return found
	}
	t.Run("OfEveryState", func(t *testing.T) {
		uploads, err := o.desk().Latest(ctx, 10, "")
		if err != nil || len(uploads) != 7 {
			t.Fatalf("%d uploads, %v", len(uploads), err)
		}
		i := slices.IndexFunc(uploads, func(u Upload) bool { return u.UploadID == held.UploadID })
		if i < 0 || uploads[i].State != Held || uploads[i].Kind != File || uploads[i].Key != held.Key || uploads[i].Feed != DefaultFeed {
			t.Errorf("got %+v", uploads)
		}
		if uploads[i].Brake == nil || uploads[i].Brake.Ends == 0 || uploads[6].State != Done || uploads[6].Counts.Rows != 1 {
			t.Errorf("got %+v", uploads)
		}
	})
	t.Run("PageByPage", func(t *testing.T) {
		first := page(2, ids[0])
		if got := append(first, page(2, first[1])...); !slices.Equal(got, ids[1:]) {
			t.Errorf("got %v, want %v", got, ids[1:])
		}
	})
	t.Run("ErrNotFound", func(t *testing.T) {
		if _, err := o.desk().Latest(ctx, 2, "none"); !errors.Is(err, ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
}
