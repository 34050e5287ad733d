import Settings
import Testing

/// What `use_keystone_limits` can't do without.
@Suite struct KeystoneLimitsTests {
    private func settings(_ flavor: String = "keystone") -> APISettings {
        var settings = APISettings()
        settings.pasteDeploy.flavor = flavor
        settings.server.bindHost = "127.0.0.1"
        settings.keystone.authURL = "http://keystone:5000"
        settings.keystone.username = "glance"
        settings.keystone.password = Secret("hunter2")
        settings.keystone.projectName = "service"
        settings.limits.areKeystones = true
        settings.limits.endpointID = "e"
        return settings
    }

    @Test func theLoginOfTheTokensDoes() {
        #expect(settings().startProblems == [])
        var other = settings()
        other.limits.endpointID = nil
        other.limits.serviceName = "glance"
        other.limits.interfaceText = "internalURL"
        #expect(other.startProblems == [])
        #expect(other.limits.interface == "internal")
        // Another flavor has none.
        #expect(settings("local").startProblems.first?.contains("[oslo_limit] lacks auth_url") == true)
    }

    @Test func aLoginOfItsOwnIsWhole() {
        var own = settings("local")
        own.limits.authURL = "http://keystone:5000/v3"
        #expect(
            own.startProblems == [
                "[oslo_limit] lacks username, password, project_name (or system_scope), which use_keystone_limits needs"
            ])
        own.limits.username = "glance"
        own.limits.password = Secret("hunter3")
        own.limits.systemScope = "all"
        #expect(own.startProblems == [])
        #expect(!"\(own)".contains("hunter3"))
        own.limits.systemScope = "some"
        #expect(own.startProblems.first?.contains("system_scope = some") == true)
    }

    @Test func anEndpointIsNamed() {
        var none = settings()
        none.limits.endpointID = nil
        #expect(none.startProblems.first?.contains("endpoint_id (or endpoint_service_name") == true)
        none.limits.serviceType = "image"
        none.limits.interfaceText = "outside"
        #expect(none.startProblems.first?.contains("endpoint_interface = outside") == true)
        none.limits.areKeystones = false
        #expect(none.startProblems == [])
    }
}
