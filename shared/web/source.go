package web

import (
	"net/http"
	"net/netip"
)

// Source is the network address that a request came from, to count by: of IPv6 the first half, since whoever has one
// address has all that differ in the other. It is API Gateway's word and not a header, which anybody can write, or behind an
// edge the edge's (see Edge). Requests whose address cannot be read count as from one.
func Source(r *http.Request) string {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	address, bits := from.Addr().Unmap().WithZone(""), 64
	if address.Is4() {
		bits = 32
	}
	network, err := address.Prefix(bits)
	if err != nil {
		return ""
	}
	return network.String()
}
