import ImageModel
import JSONText
import Posix
import Synchronization

/// Keystone's unified limits: those registered for our service and region, and over them those of a project.
///
/// They are asked for as a service user and remembered for a few seconds; the registry holds each tenant to them in its
/// own transactions. As in oslo.limit, a resource for which nothing is registered has the limit 0, and Keystone's only
/// model is `flat`.
public final class KeystoneLimits: Sendable {
    /// Seconds after which Keystone is asked again.
    static let keptSeconds = 10.0
    /// Projects that are remembered at the most.
    static let entriesMax = 4096

    /// `[oslo_limit]`: the endpoint whose service and region the limits are registered for.
    public enum Endpoint: Sendable, Equatable {
        case id(String)
        /// The one endpoint of that interface; nil leaves a thing out of the search.
        case found(serviceName: String?, serviceType: String?, region: String?, interface: String)
    }

    /// What limits are looked up by.
    private struct Place {
        let serviceID: String
        let regionID: String?
    }

    private struct Remembered<Value> {
        let value: Value
        let until: Deadline

        init(_ value: Value) {
            self.value = value
            until = .after(seconds: KeystoneLimits.keptSeconds)
        }
    }

    private struct State {
        var place: Place?
        var registered: Remembered<TenantQuotas>?
        var projects: [String: Remembered<TenantQuotas>] = [:]
    }

    private let endpoint: Endpoint
    private let session: KeystoneSession
    private let state = Locked(State())
    private let questions = SharedQuestions<String, TenantQuotas, KeystoneSession.Unavailable>()

    /// - Parameter session: of a user who may see endpoints and every project's limits: an admin, or a reader of the
    ///   whole system.
    public init(_ endpoint: Endpoint, session: KeystoneSession) {
        self.endpoint = endpoint
        self.session = session
    }

    /// What Keystone allows a project; it overrides whatever else is set. nil: an owner that is none, for whom what is
    /// registered counts.
    ///
    /// - Throws: `unavailable` where Keystone can't be asked.
    func limits(of projectID: String?) async throws(RegistryFailure) -> TenantQuotas {
        let key = projectID ?? ""
        if let known = known(key) { return known }
        do throws(KeystoneSession.Unavailable) {
            return try await questions.answer(to: key) { () throws(KeystoneSession.Unavailable) in
                try await self.session.onThread { () throws(KeystoneSession.Unavailable) in try self.ask(key) }
            }
        } catch {
            throw .unavailable("Keystone's limits: \(error.reason)")
        }
    }

    private func known(_ projectID: String) -> TenantQuotas? {
        state.withLock { state in
            guard let entry = state.projects[projectID], !entry.until.isOver else { return nil }
            return entry.value
        }
    }

    // MARK: On a thread that may block

    private func ask(_ projectID: String) throws(KeystoneSession.Unavailable) -> TenantQuotas {
        // Who waited for a thread may find that another has asked meanwhile.
        if let known = known(projectID) { return known }
        let place = try place()
        var limits = try registered(at: place)
        if !projectID.isEmpty {
            let own = try list("limits", at: place, ["project_id": projectID])
            for limit in own where limit["project_id"]?.string == projectID {
                limits.set(limit, from: "resource_limit")
            }
        }
        limits.isFinal = true
        let answer = limits
        state.withLock { state in
            if state.projects.count >= Self.entriesMax { state.projects.removeAll() }
            state.projects[projectID] = Remembered(answer)
        }
        return answer
    }

    private func registered(at place: Place) throws(KeystoneSession.Unavailable) -> TenantQuotas {
        if let entry = state.withLock({ $0.registered }), !entry.until.isOver { return entry.value }
        var limits = TenantQuotas()
        for name in QuotaName.allCases { limits[name] = 0 }
        for limit in try list("registered_limits", at: place, [:]) { limits.set(limit, from: "default_limit") }
        let answer = limits
        state.withLock { $0.registered = Remembered(answer) }
        return answer
    }

    private func list(
        _ kind: String, at place: Place, _ more: KeyValuePairs<String, String>
    ) throws(KeystoneSession.Unavailable) -> [JSONValue] {
        var query = [("service_id", place.serviceID)] + more.map { ($0.key, $0.value) }
        if let region = place.regionID { query.append(("region_id", region)) }
        return try session.list(kind, query).filter { limit in
            // Whatever Keystone makes of the query.
            limit["service_id"]?.string == place.serviceID
                && (place.regionID == nil || limit["region_id"]?.string == place.regionID)
        }
    }

    /// Looked up once: an endpoint does not change its service.
    private func place() throws(KeystoneSession.Unavailable) -> Place {
        if let place = state.withLock({ $0.place }) { return place }
        let model = try session.get("/limits/model")["model"]?["name"]?.string ?? "(none)"
        guard model == "flat" else {
            throw KeystoneSession.Unavailable(reason: "its model is \(model), and flat alone is known")
        }
        let found: JSONValue
        switch endpoint {
        case .id(let id):
            guard let endpoint = try session.get("/endpoints/\(KeystoneSession.escaped(id))")["endpoint"] else {
                throw KeystoneSession.Unavailable(reason: "there is no endpoint \(id)")
            }
            found = endpoint
        case .found(let name, let type, let region, let interface):
            let wanted = [("type", type), ("name", name)].compactMap { pair in pair.1.map { (pair.0, $0) } }
            let service = try only(session.list("services", wanted), "service")
            var query = [("service_id", service["id"]?.string ?? ""), ("interface", interface)]
            if let region { query.append(("region_id", region)) }
            found = try only(session.list("endpoints", query), "endpoint")
        }
        guard let serviceID = found["service_id"]?.string else {
            throw KeystoneSession.Unavailable(reason: "the endpoint has no service")
        }
        let place = Place(serviceID: serviceID, regionID: found["region_id"]?.string)
        state.withLock { $0.place = place }
        return place
    }

    private func only(_ found: [JSONValue], _ noun: String) throws(KeystoneSession.Unavailable) -> JSONValue {
        guard let first = found.first, found.count == 1 else {
            throw KeystoneSession.Unavailable(reason: "[oslo_limit] finds \(found.count) \(noun)s, and not one")
        }
        return first
    }
}

extension TenantQuotas {
    /// Takes over what Keystone says of one resource; others than ours are passed by.
    fileprivate mutating func set(_ limit: JSONValue, from member: String) {
        guard let name = (limit["resource_name"]?.string).flatMap(QuotaName.init), let value = limit[member]?.int
        else { return }
        self[name] = min(max(value, -1), Self.limitMax)
    }
}
