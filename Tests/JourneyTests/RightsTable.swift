/// What everybody gets for everything that can be done to an image.
///
/// Each line: the verb; the image's statuses (`filled`: active and deactivated); its visibilities (`open`: community
/// and public); and the answer's status for the owner, an admin, a member that has not answered yet, one that has
/// accepted, one that has rejected, a stranger, a reader in the owner's project, and somebody without a token. For a
/// list 1 is an image that is in it, 0 one that is not.
///
/// By Glance's reference: v1 knows no answer of a member, hides what it refuses other than of images that are open to
/// all, and lists an admin's own project; v2 says 403 where the image is seen and 404 where it is not.
enum RightsTable: String, CaseIterable {
    case v1 = """
        v1 list     any          private        1   0   0   0   0   0   1 401
        v1 list     any          shared         1   0   1   1   1   0   1 401
        v1 list     any          community      1   0   0   0   0   0   1 401
        v1 list     any          public         1   1   1   1   1   1   1 401
        v1 head     any          private      200 200 404 404 404 404 200 401
        v1 head     any          shared       200 200 200 200 200 404 200 401
        v1 head     any          open         200 200 200 200 200 200 200 401
        v1 get      queued       any          404 404 404 404 404 404 404 401
        v1 get      active       private      200 200 404 404 404 404 403 401
        v1 get      active       shared       200 200 200 200 200 404 403 401
        v1 get      active       open         200 200 200 200 200 200 403 401
        v1 get      deactivated  private      403 403 404 404 404 404 403 401
        v1 get      deactivated  shared       403 403 403 403 403 404 403 401
        v1 get      deactivated  open         403 403 403 403 403 403 403 401
        v1 put      any          private      200 200 404 404 404 404 403 401
        v1 put      any          shared       200 200 404 404 404 404 403 401
        v1 put      any          open         200 200 403 403 403 403 403 401
        v1 delete   any          private      200 200 404 404 404 404 403 401
        v1 delete   any          shared       200 200 404 404 404 404 403 401
        v1 delete   any          open         200 200 403 403 403 403 403 401
        v1 members  any          private      200 200 404 404 404 404 200 401
        v1 members  any          shared       200 200 200 200 200 404 200 401
        v1 members  any          open         200 200 200 200 200 200 200 401
        v1 share    any          any          204 204 404 404 404 404 403 401
        v1 unshare  any          any          204 204 404 404 404 404 403 401
        """
    case v2 = """
        v2 list     any          private        1   1   0   0   0   0   1 401
        v2 list     any          shared         1   1   0   1   0   0   1 401
        v2 list     any          community      1   0   0   0   0   0   1 401
        v2 list     any          public         1   1   1   1   1   1   1 401
        v2 show     any          private      200 200 404 404 404 404 200 401
        v2 show     any          shared       200 200 200 200 200 404 200 401
        v2 show     any          open         200 200 200 200 200 200 200 401
        v2 patch    any          private      200 200 404 404 404 404 403 401
        v2 patch    any          shared       200 200 403 403 403 404 403 401
        v2 patch    any          open         200 200 403 403 403 403 403 401
        v2 delete   any          private      204 204 404 404 404 404 403 401
        v2 delete   any          shared       204 204 403 403 403 404 403 401
        v2 delete   any          open         204 204 403 403 403 403 403 401
        v2 download queued       private      204 204 404 404 404 404 403 401
        v2 download queued       shared       204 204 204 204 204 404 403 401
        v2 download queued       open         204 204 204 204 204 204 403 401
        v2 download active       private      200 200 404 404 404 404 403 401
        v2 download active       shared       200 200 200 200 200 404 403 401
        v2 download active       open         200 200 200 200 200 200 403 401
        v2 download deactivated  private      403 200 404 404 404 404 403 401
        v2 download deactivated  shared       403 200 403 403 403 404 403 401
        v2 download deactivated  open         403 200 403 403 403 403 403 401
        v2 upload   queued       private      204 204 404 404 404 404 403 401
        v2 upload   queued       shared       204 204 403 403 403 404 403 401
        v2 upload   queued       open         204 204 403 403 403 403 403 401
        v2 upload   filled       private      409 409 404 404 404 404 403 401
        v2 upload   filled       shared       409 409 403 403 403 404 403 401
        v2 upload   filled       open         409 409 403 403 403 403 403 401
        v2 stage    queued       private      204 204 404 404 404 404 403 401
        v2 stage    queued       shared       204 204 403 403 403 404 403 401
        v2 stage    queued       open         204 204 403 403 403 403 403 401
        v2 stage    filled       private      409 409 404 404 404 404 403 401
        v2 stage    filled       shared       409 409 403 403 403 404 403 401
        v2 stage    filled       open         409 409 403 403 403 403 403 401
        v2 import   queued       private      202 202 404 404 404 404 403 401
        v2 import   queued       shared       202 202 403 403 403 404 403 401
        v2 import   queued       open         202 202 403 403 403 403 403 401
        v2 import   filled       private      409 409 404 404 404 404 409 401
        v2 import   filled       shared       409 409 409 409 409 404 409 401
        v2 import   filled       open         409 409 409 409 409 409 409 401
        v2 tasks    any          private      200 200 404 404 404 404 200 401
        v2 tasks    any          shared       200 200 200 200 200 404 200 401
        v2 tasks    any          open         200 200 200 200 200 200 200 401
        v2 tag      any          private      204 204 404 404 404 404 403 401
        v2 tag      any          shared       204 204 403 403 403 404 403 401
        v2 tag      any          open         204 204 403 403 403 403 403 401
        v2 untag    any          private      204 204 404 404 404 404 403 401
        v2 untag    any          shared       204 204 403 403 403 404 403 401
        v2 untag    any          open         204 204 403 403 403 403 403 401
        v2 deactivate queued     private      403 403 404 404 404 404 403 401
        v2 deactivate queued     shared       403 403 403 403 403 404 403 401
        v2 deactivate queued     open         403 403 403 403 403 403 403 401
        v2 deactivate filled     private      204 204 404 404 404 404 403 401
        v2 deactivate filled     shared       204 204 403 403 403 404 403 401
        v2 deactivate filled     open         204 204 403 403 403 403 403 401
        v2 reactivate queued     private      403 403 404 404 404 404 403 401
        v2 reactivate queued     shared       403 403 403 403 403 404 403 401
        v2 reactivate queued     open         403 403 403 403 403 403 403 401
        v2 reactivate filled     private      204 204 404 404 404 404 403 401
        v2 reactivate filled     shared       204 204 403 403 403 404 403 401
        v2 reactivate filled     open         204 204 403 403 403 403 403 401
        v2 members  any          private      403 403 404 404 404 404 403 401
        v2 members  any          shared       200 200 200 200 200 404 200 401
        v2 members  any          open         403 403 403 403 403 403 403 401
        v2 member   any          private      404 404 404 404 404 404 404 401
        v2 member   any          shared       200 200 200 404 404 404 200 401
        v2 member   any          open         404 404 404 404 404 404 404 401
        v2 share    any          private      403 403 404 404 404 404 403 401
        v2 share    any          shared       200 200 403 403 403 404 403 401
        v2 share    any          open         403 403 403 403 403 403 403 401
        v2 answer   any          private      403 403 404 404 404 404 403 401
        v2 answer   any          shared       403 200 200 200 200 404 403 401
        v2 answer   any          open         403 403 403 403 403 403 403 401
        v2 unshare  any          private      403 403 404 404 404 404 403 401
        v2 unshare  any          shared       204 204 403 403 403 404 403 401
        v2 unshare  any          open         403 403 403 403 403 403 403 401
        """

    static let reading: Set<String> = [
        "v1 list", "v1 head", "v1 get", "v1 members", "v2 list", "v2 show", "v2 download", "v2 tasks", "v2 members",
        "v2 member",
    ]

    private var lines: [[Substring]] { rawValue.split(separator: "\n").map { $0.split(separator: " ") } }

    /// Each once, in the table's order.
    var verbs: [String] {
        var verbs: [String] = []
        for line in lines where verbs.last != "\(line[0]) \(line[1])" { verbs.append("\(line[0]) \(line[1])") }
        return verbs
    }

    /// The answers; nil unless the table has just one line for it.
    func row(_ verb: String, status: String, visibility: String) -> [Int]? {
        let statuses: [Substring] = ["any", Substring(status), status == "queued" ? "queued" : "filled"]
        let isOpen = ["community", "public"].contains(visibility)
        let visibilities: [Substring] = ["any", Substring(visibility), isOpen ? "open" : "any"]
        let found = lines.filter { line in
            "\(line[0]) \(line[1])" == verb && statuses.contains(line[2]) && visibilities.contains(line[3])
        }
        guard found.count == 1, let answers = found.first?.dropFirst(4).compactMap({ Int($0) }) else { return nil }
        return answers.count == 8 ? answers : nil
    }
}
