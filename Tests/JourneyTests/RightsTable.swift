/// What everybody gets for everything that can be done to an image.
///
/// Each line: the verb; the image's statuses, parted by commas (`live`: all but `gone` and killed; `filled`: active and
/// deactivated; `busy`: saving, uploading and importing; `gone`: pending_delete and deleted); its visibilities (`open`:
/// community and public); and the answer's status for the owner, an admin, a member that has not answered yet, one that
/// has accepted, one that has rejected, a stranger, a reader in the owner's project, and somebody without a token. For a
/// list 1 is an image that is in it, 0 one that is not.
///
/// By Glance's reference: v1 knows no answer of a member, hides what it refuses other than of images that are open to
/// all, lists an admin's own project, and shows admins what is deleted; v2 says 403 where the image is seen and 404
/// where it is not, to admins too once it is deleted. What an upload has killed is in no list, and known by its id.
enum RightsTable: String, CaseIterable {
    case v1 = """
        v1  list       live                   private      1   0   0   0   0   0   1 401
        v1  list       live                   shared       1   0   1   1   1   0   1 401
        v1  list       live                   community    1   0   0   0   0   0   1 401
        v1  list       live                   public       1   1   1   1   1   1   1 401
        v1  list       killed,gone            any          0   0   0   0   0   0   0 401
        v1  head       live,killed            private    200 200 404 404 404 404 200 401
        v1  head       live,killed            shared     200 200 200 200 200 404 200 401
        v1  head       live,killed            open       200 200 200 200 200 200 200 401
        v1  head       gone                   any        404 200 404 404 404 404 404 401
        v1  get        queued,busy,killed,gone any        404 404 404 404 404 404 404 401
        v1  get        active                 private    200 200 404 404 404 404 403 401
        v1  get        active                 shared     200 200 200 200 200 404 403 401
        v1  get        active                 open       200 200 200 200 200 200 403 401
        v1  get        deactivated            private    403 403 404 404 404 404 403 401
        v1  get        deactivated            shared     403 403 403 403 403 404 403 401
        v1  get        deactivated            open       403 403 403 403 403 403 403 401
        v1  put        live,killed            private    200 200 404 404 404 404 403 401
        v1  put        live,killed            shared     200 200 404 404 404 404 403 401
        v1  put        live,killed            open       200 200 403 403 403 403 403 401
        v1  put        pending_delete         any        404 200 404 404 404 404 403 401
        v1  put        deleted                any        404 403 404 404 404 404 403 401
        v1  delete     live,killed            private    200 200 404 404 404 404 403 401
        v1  delete     live,killed            shared     200 200 404 404 404 404 403 401
        v1  delete     live,killed            open       200 200 403 403 403 403 403 401
        v1  delete     pending_delete         any        404 403 404 404 404 404 403 401
        v1  delete     deleted                any        404 404 404 404 404 404 403 401
        v1  members    live,killed            private    200 200 404 404 404 404 200 401
        v1  members    live,killed            shared     200 200 200 200 200 404 200 401
        v1  members    live,killed            open       200 200 200 200 200 200 200 401
        v1  members    gone                   any        404 404 404 404 404 404 404 401
        v1  share      live,killed            any        204 204 404 404 404 404 403 401
        v1  share      gone                   any        404 404 404 404 404 404 403 401
        v1  unshare    live,killed            any        204 204 404 404 404 404 403 401
        v1  unshare    gone                   any        404 404 404 404 404 404 403 401
        """
    case v2 = """
        v2  list       live                   private      1   1   0   0   0   0   1 401
        v2  list       live                   shared       1   1   0   1   0   0   1 401
        v2  list       live                   community    1   0   0   0   0   0   1 401
        v2  list       live                   public       1   1   1   1   1   1   1 401
        v2  list       killed,gone            any          0   0   0   0   0   0   0 401
        v2  show       live,killed            private    200 200 404 404 404 404 200 401
        v2  show       live,killed            shared     200 200 200 200 200 404 200 401
        v2  show       live,killed            open       200 200 200 200 200 200 200 401
        v2  show       gone                   any        404 404 404 404 404 404 404 401
        v2  patch      live,killed            private    200 200 404 404 404 404 403 401
        v2  patch      live,killed            shared     200 200 403 403 403 404 403 401
        v2  patch      live,killed            open       200 200 403 403 403 403 403 401
        v2  patch      gone                   any        404 404 404 404 404 404 404 401
        v2  delete     live,killed            private    204 204 404 404 404 404 403 401
        v2  delete     live,killed            shared     204 204 403 403 403 404 403 401
        v2  delete     live,killed            open       204 204 403 403 403 403 403 401
        v2  delete     gone                   any        404 404 404 404 404 404 404 401
        v2  download   queued,busy,killed     private    204 204 404 404 404 404 403 401
        v2  download   queued,busy,killed     shared     204 204 204 204 204 404 403 401
        v2  download   queued,busy,killed     open       204 204 204 204 204 204 403 401
        v2  download   active                 private    200 200 404 404 404 404 403 401
        v2  download   active                 shared     200 200 200 200 200 404 403 401
        v2  download   active                 open       200 200 200 200 200 200 403 401
        v2  download   deactivated            private    403 200 404 404 404 404 403 401
        v2  download   deactivated            shared     403 200 403 403 403 404 403 401
        v2  download   deactivated            open       403 200 403 403 403 403 403 401
        v2  download   gone                   any        404 404 404 404 404 404 404 401
        v2  upload     queued                 private    204 204 404 404 404 404 403 401
        v2  upload     queued                 shared     204 204 403 403 403 404 403 401
        v2  upload     queued                 open       204 204 403 403 403 403 403 401
        v2  upload     busy,filled,killed     private    409 409 404 404 404 404 403 401
        v2  upload     busy,filled,killed     shared     409 409 403 403 403 404 403 401
        v2  upload     busy,filled,killed     open       409 409 403 403 403 403 403 401
        v2  upload     gone                   any        404 404 404 404 404 404 404 401
        v2  stage      queued                 private    204 204 404 404 404 404 403 401
        v2  stage      queued                 shared     204 204 403 403 403 404 403 401
        v2  stage      queued                 open       204 204 403 403 403 403 403 401
        v2  stage      busy,filled,killed     private    409 409 404 404 404 404 403 401
        v2  stage      busy,filled,killed     shared     409 409 403 403 403 404 403 401
        v2  stage      busy,filled,killed     open       409 409 403 403 403 403 403 401
        v2  stage      gone                   any        404 404 404 404 404 404 404 401
        v2  import     queued                 private    202 202 404 404 404 404 403 401
        v2  import     queued                 shared     202 202 403 403 403 404 403 401
        v2  import     queued                 open       202 202 403 403 403 403 403 401
        v2  import     busy,filled,killed     private    409 409 404 404 404 404 409 401
        v2  import     busy,filled,killed     shared     409 409 409 409 409 404 409 401
        v2  import     busy,filled,killed     open       409 409 409 409 409 409 409 401
        v2  import     gone                   any        404 404 404 404 404 404 404 401
        v2  tasks      live,killed            private    200 200 404 404 404 404 200 401
        v2  tasks      live,killed            shared     200 200 200 200 200 404 200 401
        v2  tasks      live,killed            open       200 200 200 200 200 200 200 401
        v2  tasks      gone                   any        404 404 404 404 404 404 404 401
        v2  tag        live,killed            private    204 204 404 404 404 404 403 401
        v2  tag        live,killed            shared     204 204 403 403 403 404 403 401
        v2  tag        live,killed            open       204 204 403 403 403 403 403 401
        v2  tag        gone                   any        404 404 404 404 404 404 404 401
        v2  untag      live,killed            private    204 204 404 404 404 404 403 401
        v2  untag      live,killed            shared     204 204 403 403 403 404 403 401
        v2  untag      live,killed            open       204 204 403 403 403 403 403 401
        v2  untag      gone                   any        404 404 404 404 404 404 404 401
        v2  deactivate queued,busy,killed     private    403 403 404 404 404 404 403 401
        v2  deactivate queued,busy,killed     shared     403 403 403 403 403 404 403 401
        v2  deactivate queued,busy,killed     open       403 403 403 403 403 403 403 401
        v2  deactivate filled                 private    204 204 404 404 404 404 403 401
        v2  deactivate filled                 shared     204 204 403 403 403 404 403 401
        v2  deactivate filled                 open       204 204 403 403 403 403 403 401
        v2  deactivate gone                   any        404 404 404 404 404 404 404 401
        v2  reactivate queued,busy,killed     private    403 403 404 404 404 404 403 401
        v2  reactivate queued,busy,killed     shared     403 403 403 403 403 404 403 401
        v2  reactivate queued,busy,killed     open       403 403 403 403 403 403 403 401
        v2  reactivate filled                 private    204 204 404 404 404 404 403 401
        v2  reactivate filled                 shared     204 204 403 403 403 404 403 401
        v2  reactivate filled                 open       204 204 403 403 403 403 403 401
        v2  reactivate gone                   any        404 404 404 404 404 404 404 401
        v2  members    live,killed            private    403 403 404 404 404 404 403 401
        v2  members    live,killed            shared     200 200 200 200 200 404 200 401
        v2  members    live,killed            open       403 403 403 403 403 403 403 401
        v2  members    gone                   any        404 404 404 404 404 404 404 401
        v2  member     live,killed            private    404 404 404 404 404 404 404 401
        v2  member     live,killed            shared     200 200 200 404 404 404 200 401
        v2  member     live,killed            open       404 404 404 404 404 404 404 401
        v2  member     gone                   any        404 404 404 404 404 404 404 401
        v2  share      live,killed            private    403 403 404 404 404 404 403 401
        v2  share      live,killed            shared     200 200 403 403 403 404 403 401
        v2  share      live,killed            open       403 403 403 403 403 403 403 401
        v2  share      gone                   any        404 404 404 404 404 404 404 401
        v2  answer     live,killed            private    403 403 404 404 404 404 403 401
        v2  answer     live,killed            shared     403 200 200 200 200 404 403 401
        v2  answer     live,killed            open       403 403 403 403 403 403 403 401
        v2  answer     gone                   any        404 404 404 404 404 404 404 401
        v2  unshare    live,killed            private    403 403 404 404 404 404 403 401
        v2  unshare    live,killed            shared     204 204 403 403 403 404 403 401
        v2  unshare    live,killed            open       403 403 403 403 403 403 403 401
        v2  unshare    gone                   any        404 404 404 404 404 404 404 401
        """

    static let reading: Set<String> = [
        "v1 list", "v1 head", "v1 get", "v1 members", "v2 list", "v2 show", "v2 download", "v2 tasks", "v2 members",
        "v2 member",
    ]

    /// Every status that an image can have.
    static let statuses = [
        "queued", "saving", "uploading", "importing", "active", "deactivated", "killed", "pending_delete", "deleted",
    ]

    private static func statuses(of words: Substring) -> [String] {
        words.split(separator: ",").flatMap { word -> [String] in
            switch word {
            case "any": statuses
            case "live": statuses.filter { !["killed", "pending_delete", "deleted"].contains($0) }
            case "filled": ["active", "deactivated"]
            case "busy": ["saving", "uploading", "importing"]
            case "gone": ["pending_delete", "deleted"]
            default: [String(word)]
            }
        }
    }

    private var lines: [[Substring]] { rawValue.split(separator: "\n").map { $0.split(separator: " ") } }

    /// Each once, in the table's order.
    var verbs: [String] {
        var verbs: [String] = []
        for line in lines where verbs.last != "\(line[0]) \(line[1])" { verbs.append("\(line[0]) \(line[1])") }
        return verbs
    }

    /// The answers; nil unless the table has just one line for it.
    func row(_ verb: String, status: String, visibility: String) -> [Int]? {
        let isOpen = ["community", "public"].contains(visibility)
        let visibilities: [Substring] = ["any", Substring(visibility), isOpen ? "open" : "any"]
        let found = lines.filter { line in
            "\(line[0]) \(line[1])" == verb && Self.statuses(of: line[2]).contains(status)
                && visibilities.contains(line[3])
        }
        guard found.count == 1, let answers = found.first?.dropFirst(4).compactMap({ Int($0) }) else { return nil }
        return answers.count == 8 ? answers : nil
    }
}
