/// Who asks, and under which request id: handed from a route to the services.
public struct RequestContext: Sendable {
    /// Who asks.
    public var caller: Caller
    /// Shown to the client as `x-openstack-request-id`, and passed on to the registry.
    public var requestID: String

    /// What a route hands on.
    public init(caller: Caller, requestID: String) {
        self.caller = caller
        self.requestID = requestID
    }
}
