import ImageModel
import JSONText

/// Values in which every field holds something of its own, so that a field forgotten on the way is seen.
enum Samples {
    static let viewer = Viewer(projectID: "p-1", isAdmin: true)
    static let nobody = Viewer(projectID: nil, isAdmin: false)
    static let id = "8b6a2c5e-4d3f-4e21-9a70-1f0c5d9e7b11"

    static var member: ImageMember {
        ImageMember(
            imageID: id, memberID: "p-2", canShare: true, status: .rejected, createdAt: Timestamp(microseconds: 11),
            updatedAt: Timestamp(microseconds: 12))
    }

    static var image: Image {
        var image = Image(id: id, owner: "p-1", at: Timestamp(microseconds: 1_500_000_000_123_456))
        image.name = "größe \"1\"\n"
        image.status = .deactivated
        image.visibility = .community
        image.isProtected = true
        image.isHidden = true
        image.diskFormat = "qcow2"
        image.containerFormat = "bare"
        image.size = 9_007_199_254_740_993
        image.virtualSize = .max
        image.checksum = "d41d8cd98f00b204e9800998ecf8427e"
        image.hashAlgorithm = "sha512"
        image.hashValue = "cf83e1357eefb8bd"
        image.minDisk = 3
        image.minRAM = 4
        image.updatedAt = Timestamp(microseconds: 1_500_000_001_000_000)
        image.deletedAt = Timestamp(microseconds: -1)
        image.properties = [ImageProperty(name: "a b", value: "c"), ImageProperty(name: "empty", value: nil)]
        image.tags = ["t1", "t2"]
        image.locations = [
            ImageLocation(url: "file:///x", store: "fast"),
            ImageLocation(url: "http://h/y"),
        ]
        image.viewerMembership = member
        return image
    }

    static var changes: ImageChanges {
        var changes = ImageChanges()
        changes.fields = [
            .name("n"), .owner("o"), .visibility(.private), .isProtected(true), .isHidden(false), .diskFormat("raw"),
            .containerFormat("ovf"), .minDisk(1), .minRAM(2), .size(3), .virtualSize(4), .checksum("c"),
        ]
        changes.properties = [ImageProperty(name: "k", value: "v"), ImageProperty(name: "e", value: nil)]
        changes.removedProperties = ["gone"]
        changes.expectedProperties = ["there"]
        changes.unexpectedProperties = ["not there"]
        changes.replacesProperties = true
        changes.tags = ["x"]
        var locations = LocationChanges(before: ["http://h/a"], after: [ImageLocation(url: "http://h/b")])
        locations.size = 9
        locations.checksum = "c"
        locations.hashAlgorithm = "sha512"
        locations.hashValue = "v"
        changes.locations = locations
        return changes
    }

    static var query: ImageQuery {
        var query = ImageQuery(viewer: viewer, limit: 25)
        query.scope = .visibility(.shared)
        query.memberStatus = .accepted
        query.filters = [
            .text(.hashAlgorithm, isIn: ["a", "b"]), .number(.minRAM, .lessOrEqual, -5),
            .time(.updatedAt, .greater, Timestamp(microseconds: 77)), .isProtected(false),
            .property(name: "os", value: "ünix"), .tag("t"), .number(.knownSize, .equal, 3),
            .any([.tag("u"), .any([])]),
        ]
        query.changesSince = Timestamp(microseconds: 5)
        query.isHidden = false
        query.sort = [
            ImageQuery.Sort(key: .diskFormat, direction: .ascending), ImageQuery.Sort(key: .id, direction: .descending),
        ]
        query.marker = id
        return query
    }

    static var task: ImageTask {
        var task = ImageTask(id: "t-1", kind: .copyFrom, imageID: id, sourceURL: "http://u:p@h/x", bytesExpected: 9)
        task.status = .processing
        task.bytesDone = 4
        task.attempts = 2
        task.message = "slow"
        task.userID = "u-1"
        task.requestID = "req-1"
        task.claim = DigestClaim(algorithm: "md5", value: "00")
        task.sourceURLs = ["http://u:p@h/x", "http://h/y"]
        task.remote = RemoteImage(region: "r", imageID: id, interface: "public", callerRoles: ["member"])
        task.remote?.isFromCatalogue = true
        task.credential = "sealed"
        task.stores = StoreTargets(ids: ["s", "t"], mustAllSucceed: false)
        return task
    }

    static var lease: TaskLease { TaskLease(holder: "h", seconds: 60) }

    /// Every limit set.
    static var quotas: TenantQuotas {
        var quotas = TenantQuotas()
        for (name, limit) in zip(QuotaName.allCases, [Int64(-1), 0, 7, 8]) { quotas[name] = limit }
        quotas.isFinal = true
        return quotas
    }

    /// One of each operation, with every optional member set.
    static var operations: [any RegistryOperation] {
        [
            CreateImage(image: image, quotas: quotas), GetImage(id: id, viewer: viewer), ListImages(query: query),
            UpdateImage(
                id: id, viewer: viewer, changes: changes, expectedStatuses: [.queued, .active], propertyQuota: 128),
            DeleteImage(id: id, viewer: viewer, isDelayed: true),
            BeginUpload(
                imageID: id, viewer: viewer, uploadID: "u", bytes: 1, storageQuota: 2, failureStatus: .killed,
                purpose: .staging, quotas: quotas),
            GrowUpload(uploadID: "u", bytes: 3, storageQuota: 4, quotas: quotas),
            FinishUpload(
                imageID: id, uploadID: "u", size: 5, checksum: "c", hashAlgorithm: "h", hashValue: "v", virtualSize: 6,
                location: ImageLocation(url: "file:///x", store: "s")),
            FailUpload(imageID: id, uploadID: "u"), KillImage(imageID: id),
            ActivateLocation(
                imageID: id, viewer: viewer, size: 7, location: ImageLocation(url: "http://h", store: "s"),
                checksum: "c", hash: DigestClaim(algorithm: "sha512", value: "v")),
            ListMembers(imageID: id, viewer: viewer),
            PutMembers(
                imageID: id, viewer: viewer,
                memberships: [Membership(memberID: "m", canShare: true), Membership(memberID: "n", canShare: nil)],
                replacesAll: true, memberQuota: 8),
            DeleteMember(imageID: id, memberID: "m", viewer: viewer), ListSharedImages(memberID: "m", viewer: viewer),
            CreateTask(task: task), UpdateTask(task: task, lease: lease), ClaimTask(id: "t-1", lease: lease),
            RenewLeases(taskIDs: ["t-1"], lease: lease), ListUnfinishedTasks(holder: "h"), RecoverUploads(holder: "h"),
            FindOrphans(
                names: ["a", "b"], store: "s", places: [StorePlace(id: "s", urlPrefix: "file:///s/")]),
            ListReclaims(limit: 9), SettleReclaim(imageID: id, url: "file:///x"), Ping(),
            FinishCopy(
                imageID: id, uploadID: "u", bytes: 5, locations: [ImageLocation(url: "file:///x", store: "s")]),
            SetDeactivation(imageID: id, viewer: viewer, isDeactivated: true),
            AddTag(imageID: id, viewer: viewer, tag: "blue", tagQuota: 10),
            RemoveTag(imageID: id, viewer: viewer, tag: "blue"),
            AddMember(imageID: id, memberID: "m", viewer: viewer, memberQuota: 11),
            StartImport(task: task, viewer: viewer, quotas: quotas),
            FinishStagedImport(imageID: id, virtualSize: 13, quotas: quotas),
            SetQuotas(owner: "o", limits: quotas, removed: [.imageStageTotal]),
            FailImport(task: task, lease: lease),
            CheckRoom(owner: "o", bytes: 14, storageQuota: 15, quotas: quotas),
            GetTask(id: "t-1"), ListImageTasks(imageID: id, viewer: viewer), GetUsage(owner: "o"),
            ListTasks(
                kind: .taskImport, status: .failure, owner: "o", limit: 12, marker: "t-1", sortKey: .updatedAt,
                isDescending: false),
        ] + identityOperations
    }

    private static var identityOperations: [any RegistryOperation] {
        let user = IdentityUser(
            id: "u", name: "ann", isEnabled: false, defaultProjectID: "p", description: "d", email: "a@b")
        let project = IdentityProject(id: "p", name: "lab", description: "d", isEnabled: false)
        let key = APIKey(
            id: "k", name: "ci", userID: "u", projectID: "p", expiresAt: Timestamp(microseconds: 5), description: "d",
            roles: ["reader"], isUnrestricted: true)
        return [
            CreateUser(user, passwordHash: "h"), GetUser(.name("ann")), ListUsers(), DeleteUser(id: "u"),
            UpdateUser(
                id: "u", newName: "eve", isEnabled: true, passwordHash: "h", defaultProjectID: "q",
                clearsDefaultProject: true, description: "d", email: "e"),
            CreateProject(project), ListProjects(.id("p"), userID: "u"), DeleteProject(id: "p"),
            UpdateProject(id: "p", newName: "other", isEnabled: true, description: "d"),
            CreateRole(RoleDescription(name: "curator", description: "d")), ListRoles(), DeleteRole("curator"),
            GrantRole(userID: "u", projectID: "p", role: "r"), WithdrawRole(userID: "u", projectID: "p", role: "r"),
            ListAssignments(userID: "u", projectID: "p"), CreateAPIKey(key, secretDigest: "s"),
            GetAPIKey(.name("ci"), user: .id("u")), ListAPIKeys(userID: "u"), DeleteAPIKey(id: "k"),
            GetGrant(userID: "u", scope: .project(.name("lab"))),
            IssueToken(
                digest: "d", userID: "u", scope: .defaultProject, methods: ["password"], auditID: "a",
                expiresAt: Timestamp(microseconds: 6), apiKeyID: "k"),
            ValidateToken(digest: "d"), RevokeToken(digest: "d"),
        ]
    }

    /// The same with every optional member left out.
    static var bareOperations: [any RegistryOperation] {
        [
            CreateImage(image: Image(id: id, owner: nil)), GetImage(id: id, viewer: nobody),
            ListImages(query: ImageQuery(viewer: nobody, limit: 0)),
            UpdateImage(id: id, viewer: nobody, changes: ImageChanges()),
            BeginUpload(
                imageID: id, viewer: nobody, uploadID: "u", bytes: 0, storageQuota: nil, failureStatus: .queued),
            GrowUpload(uploadID: "u", bytes: 0, storageQuota: nil),
            FinishUpload(
                imageID: id, uploadID: "u", size: 0, checksum: "", hashAlgorithm: "", hashValue: "", virtualSize: nil,
                location: ImageLocation(url: "")),
            PutMembers(imageID: id, viewer: nobody, memberships: [], replacesAll: false),
            CreateTask(task: ImageTask(id: "", kind: .copyFrom, imageID: "", sourceURL: "", bytesExpected: nil)),
            UpdateTask(task: ImageTask(id: "", kind: .copyFrom, imageID: "", sourceURL: "", bytesExpected: nil)),
            CheckRoom(owner: nil, bytes: 0, storageQuota: nil, quotas: TenantQuotas()),
        ]
    }
}
