import Testing

/// Journeys through the real daemons, over real sockets and on real folders. One at a time: each starts processes of
/// its own, and some of them need most of the machine.
@Suite(.serialized, .onThreadsOfTheirOwn)
enum Journeys {}
