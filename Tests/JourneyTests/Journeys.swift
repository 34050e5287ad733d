import Testing

// Two lanes of journeys through the real daemons, over real sockets and on real folders, side by side. In each of them
// one journey runs at a time: each starts processes of its own, and some of them need most of the machine.

/// What the daemons do.
@Suite(.serialized, .onThreadsOfTheirOwn)
enum Journeys {}

/// What the commands and libraries do that people have already: each mostly waits for a Python that starts.
@Suite(.serialized, .onThreadsOfTheirOwn)
enum ClientJourneys {}
