import GlanceHTTP
import ImageModel

// What the protections of properties mean for an image, in either version of the API: what a caller may not read is not
// there for it, and what it may not do otherwise is 403.

extension Policy {
    /// Whether the caller may do this with a property of that name.
    func permits(_ action: PropertyProtections.Action, _ property: String, _ caller: Caller) -> Bool {
        protections?.permits(action, property, caller, rules) ?? true
    }

    /// The images without the properties that the caller may not read.
    func readable(_ images: [Image], _ caller: Caller) -> [Image] {
        guard protections != nil else { return images }
        // A page's images mostly have the same properties.
        var known: [String: Bool] = [:]
        return images.map { image in
            var image = image
            image.properties.removeAll { property in
                if let isReadable = known[property.name] { return !isReadable }
                let isReadable = permits(.read, property.name, caller)
                known[property.name] = isReadable
                return !isReadable
            }
            return image
        }
    }

    /// The image without the properties that the caller may not read.
    func readable(_ image: Image, _ caller: Caller) -> Image {
        readable([image], caller)[0]
    }

    /// The filters of a list, of which one by a property that the caller may not read matches nothing: it would tell
    /// the values. (Glance forgets this.)
    func readable(_ filters: [ImageQuery.Filter], _ caller: Caller) -> [ImageQuery.Filter] {
        guard protections != nil else { return filters }
        return filters.map { filter in
            guard case .property(let name, _) = filter, !permits(.read, name, caller) else { return filter }
            return .text(.id, isIn: [])
        }
    }

    /// - Throws: 403 for a property that the caller may not create.
    func requireCreate(_ properties: [ImageProperty], _ caller: Caller) throws(APIError) {
        guard protections != nil else { return }
        for property in properties where !permits(.create, property.name, caller) {
            throw .propertyProtected(property.name)
        }
    }

    /// Checks what an update does to the properties of an image.
    ///
    /// What is new needs the right to create. What is set to another value needs the right to update; what is named at
    /// all, the right to read. What is removed by its name needs the right to delete. So does what a replacing update
    /// (v1's purge) leaves out, but it stays where the caller can't even read it.
    ///
    /// - Parameter image: as it is before, with all its properties.
    /// - Returns: the changes to hand on; where something stays that the caller can't read, without
    ///   `replacesProperties`.
    /// - Throws: 403 for the first property that the caller may not treat so.
    func allowed(_ changes: ImageChanges, of image: Image, _ caller: Caller) throws(APIError) -> ImageChanges {
        guard protections != nil else { return changes }
        let given = Dictionary(changes.properties.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        for property in image.properties {
            guard let value = given[property.name] else { continue }
            guard permits(.read, property.name, caller),
                value == property.value || permits(.update, property.name, caller)
            else { throw .propertyProtected(property.name) }
        }
        let existing = Set(image.properties.map(\.name))
        try requireCreate(changes.properties.filter { !existing.contains($0.name) }, caller)
        for name in changes.removedProperties where existing.contains(name) {
            guard permits(.read, name, caller), permits(.delete, name, caller) else { throw .propertyProtected(name) }
        }
        guard changes.replacesProperties else { return changes }

        let omitted = image.properties.map(\.name).filter { !given.keys.contains($0) }
        let removed = omitted.filter { permits(.read, $0, caller) }
        for name in removed where !permits(.delete, name, caller) { throw .propertyProtected(name) }
        guard removed.count < omitted.count else { return changes }
        var allowed = changes
        allowed.replacesProperties = false
        allowed.removedProperties += removed
        return allowed
    }
}

extension Image {
    /// What a rule can look at, `%(name)s` for each. A custom property counts where no field has its name.
    ///
    /// - Parameter caller: who may see the image. To `member_id`, by which Glance's rules let members in, that is all
    ///   there is to know: who sees a shared image of another owner is a member of it, or an admin.
    func policyTarget(for caller: Caller) -> [String: String] {
        var target: [String: String] = [:]
        for property in properties { target[property.name] = property.value }
        target["id"] = id
        target["image_id"] = id
        target["name"] = name
        target["status"] = status.rawValue
        target["visibility"] = visibility.rawValue
        target["is_public"] = isPublic ? "True" : "False"
        target["protected"] = isProtected ? "True" : "False"
        target["deleted"] = isDeleted ? "True" : "False"
        target["owner"] = owner
        target["project_id"] = owner
        target["tenant"] = owner
        target["member_id"] = visibility == .shared && owner != caller.owner && !caller.isAdmin ? caller.owner : nil
        target["disk_format"] = diskFormat
        target["container_format"] = containerFormat
        target["size"] = String(size ?? 0)
        target["checksum"] = checksum
        target["min_disk"] = String(minDisk)
        target["min_ram"] = String(minRAM)
        return target
    }
}
