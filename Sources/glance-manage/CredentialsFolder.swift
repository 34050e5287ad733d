import Glibc
import Posix

/// The files that a client logs in with: an openrc for each user, and a clouds.yaml. Nobody but their owner reads them.
struct CredentialsFolder {
    let path: String
    /// The API's base URL.
    let endpoint: String
    let region: String

    /// `NAME-openrc`, to be sourced by a shell.
    func writeOpenRC(user: String, project: String, password: String) throws {
        let values = [
            ("OS_AUTH_URL", "\(endpoint)/identity/v3"), ("OS_IDENTITY_API_VERSION", "3"), ("OS_USERNAME", user),
            ("OS_PASSWORD", password), ("OS_PROJECT_NAME", project), ("OS_USER_DOMAIN_NAME", "Default"),
            ("OS_PROJECT_DOMAIN_NAME", "Default"), ("OS_REGION_NAME", region), ("OS_INTERFACE", "public"),
        ]
        var text = "# Who \(user) is to the glance and openstack commands: source this file.\n"
        // What another cloud's file has left would count as well.
        text += "for name in $(env | sed -n 's/^\\(OS_[A-Z0-9_]*\\)=.*/\\1/p'); do unset \"$name\"; done\n"
        for (name, value) in values { text += "export \(name)=\(shellWord(value))\n" }
        try write(text, to: "\(user)-openrc")
    }

    /// `clouds.yaml`, for openstackclient and openstacksdk.
    func writeClouds(_ clouds: [(name: String, user: String, project: String, password: String)]) throws {
        var text = "clouds:\n"
        for cloud in clouds {
            text += """
                  \(cloud.name):
                    auth:
                      auth_url: \(yamlText("\(endpoint)/identity/v3"))
                      username: \(yamlText(cloud.user))
                      password: \(yamlText(cloud.password))
                      project_name: \(yamlText(cloud.project))
                      user_domain_name: Default
                      project_domain_name: Default
                    region_name: \(yamlText(region))
                    interface: public
                    identity_api_version: 3

                """
        }
        try write(text, to: "clouds.yaml")
    }

    private func write(_ text: String, to name: String) throws {
        let (file, new) = ("\(path)/\(name)", "\(path)/.\(name).new")
        unlink(new)
        let descriptor = try Descriptor.open(new, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        try descriptor.writeAll(Array(text.utf8), at: 0)
        try descriptor.sync()
        guard rename(new, file) == 0 else { throw Errno.last("rename \(file)") }
    }

    private func shellWord(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// YAML's single-quoted form: a quote in it is doubled.
    private func yamlText(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}
