package permission

import (
	"net/http"
	"net/url"
	"strings"
)

// s3Needs tells calls by their method, path (of the form /bucket/key) and query.
func s3Needs(r *http.Request) []Need {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	q := r.URL.Query()
	object := func(action string) Need { return Need{Action: "s3:" + action, Resource: objectARN(bucket, key)} }
	if key == "" {
		return bucketNeeds(r.Method, bucket, q)
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		switch {
		case q.Has("uploadId"):
			return []Need{object("ListMultipartUploadParts")}
		case q.Has("versionId"):
			return []Need{object("GetObjectVersion")}
		}
		return []Need{object("GetObject")}
	case http.MethodPut, http.MethodPost:
		needs := []Need{object("PutObject")}
		if r.Header.Get("X-Amz-Tagging") != "" {
			needs = append(needs, object("PutObjectTagging"))
		}
		if source := r.Header.Get("X-Amz-Copy-Source"); source != "" {
			needs = append(needs, copyNeed(source))
		}
		return needs
	case http.MethodDelete:
		switch {
		case q.Has("uploadId"):
			return []Need{object("AbortMultipartUpload")}
		case q.Has("versionId"):
			return []Need{object("DeleteObjectVersion")}
		}
		return []Need{object("DeleteObject")}
	}
	return []Need{object(r.Method)} // which no policy allows
}

func bucketNeeds(method, bucket string, q url.Values) []Need {
	need := Need{Action: "s3:ListBucket", Resource: "arn:aws:s3:::" + bucket, Context: map[string]string{"s3:prefix": q.Get("prefix")}}
	switch {
	case method == http.MethodPost && q.Has("delete"): // its keys are in its body: as if it were all
		need = Need{Action: "s3:DeleteObject", Resource: objectARN(bucket, "*")}
	case method != http.MethodGet && method != http.MethodHead:
		need.Action = "s3:" + method + "Bucket"
	case q.Has("versions"):
		need.Action = "s3:ListBucketVersions"
	case q.Has("uploads"):
		need.Action = "s3:ListBucketMultipartUploads"
	case q.Has("location"):
		need.Action = "s3:GetBucketLocation"
	case bucket == "":
		need = Need{Action: "s3:ListAllMyBuckets", Resource: "*"}
	}
	return []Need{need}
}

// copyNeed is for the object that a copy is made of, "bucket/key" with or without a version.
func copyNeed(source string) Need {
	path, query, _ := strings.Cut(strings.TrimPrefix(source, "/"), "?")
	if plain, err := url.PathUnescape(path); err == nil {
		path = plain
	}
	bucket, key, _ := strings.Cut(path, "/")
	need := Need{Action: "s3:GetObject", Resource: objectARN(bucket, key)}
	if strings.Contains(query, "versionId=") {
		need.Action = "s3:GetObjectVersion"
	}
	return need
}

// missing is what one needs to be told that an object is not there: without it S3 says that access is denied.
func missing(r *http.Request) Need {
	bucket, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return Need{Action: "s3:ListBucket", Resource: "arn:aws:s3:::" + bucket}
}

func objectARN(bucket, key string) string { return "arn:aws:s3:::" + bucket + "/" + key }
