package failpoint

// Point is a named moment.
type Point uint8

// The points. In a pair, Before is in front of the write that makes something
// durable or lets it be seen, After is behind it.
const (
	// Of the database (relay/store), a node's or a collator's.
	StoreGenesisBefore Point = iota
	StoreGenesisAfter
	StoreImportBefore
	StoreImportAfter
	StoreFinalizeBefore
	StoreFinalizeAfter
	StoreAuxBefore
	StoreAuxAfter
	StoreCommitted // written and synced, names of new files are not
	StoreDiscarded // older states may be dropped from here on

	// Of the guard (relay/signer). Each record is written, synced, and then
	// answered with its signature.
	GuardSealWrite
	GuardSealSync
	GuardSealAnswer
	GuardVoteWrite
	GuardVoteSync
	GuardVoteAnswer
	GuardStatementWrite
	GuardStatementSync
	GuardStatementAnswer
	GuardBitfieldWrite
	GuardBitfieldSync
	GuardBitfieldAnswer
	GuardRewriteSync // a new guard file is written
	GuardRewriteRename
	GuardRewriteName // renamed, its name is not durable
	GuardRewritten

	// Of the keystore (relay/signer).
	KeystoreWrite
	KeystoreRename
	KeystoreName
	KeystoreInserted

	// Of the node key (relay/node).
	NodeKeyWrite
	NodeKeyRename
	NodeKeyMade

	// Of the chain (relay/chain).
	BlockExecuted
	BlockStored
	BlockTold
	FinalityStored
	FinalityTold

	// Of the author (relay/author).
	OwnBlockBuilt
	OwnBlockSealed
	OwnBlockImported
	OwnBlockAnnounced

	// Of finality (relay/finality).
	VotePersistBefore
	VotePersistAfter
	VoteSigned
	VoteHanded // to the outbox

	// Of what leaves the node (relay/node): by gossip, and to one peer.
	SendBlockBefore
	SendBlockAfter
	SendVoteBefore
	SendVoteAfter
	SendStatementBefore
	SendStatementAfter
	SendBitfieldBefore
	SendBitfieldAfter
	SendAuthorityBefore
	SendAuthorityAfter
	SendPullBefore
	SendPullAfter

	// Of requests of any kind (network/request): asking, and answering.
	SendRequestBefore
	SendRequestAfter // sent, not answered
	SendAnswerBefore
	SendAnswerAfter

	// Of parachains (parachain/subsystem).
	StatementSigned
	StatementHanded
	BitfieldSigned
	BitfieldHanded
	InherentHanded

	// Of worker processes (parachain/worker), in the node that uses them.
	WorkerSent     // the worker has the job
	WorkerPrepared // and the compiled code; it executes
	WorkerAnswered

	// Of the chunk store (availability/chunkstore).
	ChunkWrite
	ChunkSync
	ChunkRename
	ChunkName
	ChunkStored
	ChunkPruneBefore
	ChunkPruneAfter

	// Of a collator (parachain/collator).
	CollatorKeepBefore
	CollatorKeepAfter
	CollatorFinalizeBefore
	CollatorFinalizeAfter
	CollatorOfferBefore
	CollatorOfferAfter
	CollatorPublishBefore
	CollatorPublishAfter
)

// names are the names of the points; a folder of the source stands before the
// first dot.
var names = [...]string{
	StoreGenesisBefore: "store.genesis.before", StoreGenesisAfter: "store.genesis.after",
	StoreImportBefore: "store.import.before", StoreImportAfter: "store.import.after",
	StoreFinalizeBefore: "store.finalize.before", StoreFinalizeAfter: "store.finalize.after",
	StoreAuxBefore: "store.aux.before", StoreAuxAfter: "store.aux.after",
	StoreCommitted: "store.committed", StoreDiscarded: "store.discarded",

	GuardSealWrite: "guard.seal.write", GuardSealSync: "guard.seal.sync", GuardSealAnswer: "guard.seal.answer",
	GuardVoteWrite: "guard.vote.write", GuardVoteSync: "guard.vote.sync", GuardVoteAnswer: "guard.vote.answer",
	GuardStatementWrite: "guard.statement.write", GuardStatementSync: "guard.statement.sync", GuardStatementAnswer: "guard.statement.answer",
	GuardBitfieldWrite: "guard.bitfield.write", GuardBitfieldSync: "guard.bitfield.sync", GuardBitfieldAnswer: "guard.bitfield.answer",
	GuardRewriteSync: "guard.rewrite.sync", GuardRewriteRename: "guard.rewrite.rename",
	GuardRewriteName: "guard.rewrite.name", GuardRewritten: "guard.rewritten",

	KeystoreWrite: "keystore.write", KeystoreRename: "keystore.rename", KeystoreName: "keystore.name", KeystoreInserted: "keystore.inserted",
	NodeKeyWrite: "nodekey.write", NodeKeyRename: "nodekey.rename", NodeKeyMade: "nodekey.made",

	BlockExecuted: "chain.executed", BlockStored: "chain.stored", BlockTold: "chain.told",
	FinalityStored: "chain.finality.stored", FinalityTold: "chain.finality.told",

	OwnBlockBuilt: "author.built", OwnBlockSealed: "author.sealed", OwnBlockImported: "author.imported", OwnBlockAnnounced: "author.announced",

	VotePersistBefore: "finality.persist.before", VotePersistAfter: "finality.persist.after",
	VoteSigned: "finality.signed", VoteHanded: "finality.handed",

	SendBlockBefore: "send.block.before", SendBlockAfter: "send.block.after",
	SendVoteBefore: "send.vote.before", SendVoteAfter: "send.vote.after",
	SendStatementBefore: "send.statement.before", SendStatementAfter: "send.statement.after",
	SendBitfieldBefore: "send.bitfield.before", SendBitfieldAfter: "send.bitfield.after",
	SendAuthorityBefore: "send.authority.before", SendAuthorityAfter: "send.authority.after",
	SendPullBefore: "send.pull.before", SendPullAfter: "send.pull.after",
	SendRequestBefore: "send.request.before", SendRequestAfter: "send.request.after",
	SendAnswerBefore: "send.answer.before", SendAnswerAfter: "send.answer.after",

	StatementSigned: "parachain.statement.signed", StatementHanded: "parachain.statement.handed",
	BitfieldSigned: "parachain.bitfield.signed", BitfieldHanded: "parachain.bitfield.handed",
	InherentHanded: "parachain.inherent.handed",

	WorkerSent: "worker.sent", WorkerPrepared: "worker.prepared", WorkerAnswered: "worker.answered",

	ChunkWrite: "chunk.write", ChunkSync: "chunk.sync", ChunkRename: "chunk.rename", ChunkName: "chunk.name", ChunkStored: "chunk.stored",
	ChunkPruneBefore: "chunk.prune.before", ChunkPruneAfter: "chunk.prune.after",

	CollatorKeepBefore: "collator.keep.before", CollatorKeepAfter: "collator.keep.after",
	CollatorFinalizeBefore: "collator.finalize.before", CollatorFinalizeAfter: "collator.finalize.after",
	CollatorOfferBefore: "collator.offer.before", CollatorOfferAfter: "collator.offer.after",
	CollatorPublishBefore: "collator.publish.before", CollatorPublishAfter: "collator.publish.after",
}
