package main

// routeUploadPages routes the pages of uploads.
func (h *handler) routeUploadPages() {}
