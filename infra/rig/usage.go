package rig

import (
	"encoding/json"
	"maps"
)

// Usage is what invocations asked of AWS.
type Usage struct {
	Calls map[string]int // by Call.String; those that a fault hit too
	// RRU and WRU are DynamoDB's units, with Config.Capacity. DynamoDB tells none of a write that failed its condition,
	// which AWS bills as one.
	RRU, WRU float64
}

// Usage is that of all invocations since New, or since the last Reset.
func (r *Rig) Usage() Usage {
	r.mu.Lock()
	defer r.mu.Unlock()
	u := r.used
	u.Calls = maps.Clone(u.Calls)
	return u
}

func (u *Usage) add(more Usage) {
	for call, n := range more.Calls {
		u.Calls[call] += n
	}
	u.RRU += more.RRU
	u.WRU += more.WRU
}

// askForCapacity has an answer of DynamoDB say what the call consumed.
func askForCapacity(body []byte) []byte {
	var request map[string]json.RawMessage
	if json.Unmarshal(body, &request) != nil {
		return body
	}
	request["ReturnConsumedCapacity"] = json.RawMessage(`"TOTAL"`)
	changed, err := json.Marshal(request)
	if err != nil {
		return body
	}
	return changed
}

// consumed adds what an answer says. One capacity, or a list of them, is named alike.
func (u *Usage) consumed(operation string, answer []byte) {
	type capacity struct{ CapacityUnits float64 }
	var one struct{ ConsumedCapacity capacity }
	var many struct{ ConsumedCapacity []capacity }
	total := 0.0
	if json.Unmarshal(answer, &many) == nil {
		for _, c := range many.ConsumedCapacity {
			total += c.CapacityUnits
		}
	} else if json.Unmarshal(answer, &one) == nil {
		total = one.ConsumedCapacity.CapacityUnits
	}
	switch operation {
	case "GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems":
		u.RRU += total
	default: // statements, too: VOICE only writes by them
		u.WRU += total
	}
}
