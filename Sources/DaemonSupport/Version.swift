/// The version that both daemons show.
public let daemonVersion = "0.1.0"
