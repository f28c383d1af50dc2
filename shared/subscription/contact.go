package subscription

// Contact is another address of a subscription than its phone: the phone of somebody who is told when the subscriber does
// not answer, or an e-mail address. It is kept only once a code that was sent there has been confirmed.
type Contact struct {
	// Sealed is the address, encrypted. Store.SecondPhone and Store.EmailAddress open it.
	Sealed string `dynamodbav:"address"`
	// Hash is the address's keyed hash; of a phone that of optout.Hash.
	Hash string `dynamodbav:"hash"`
}
