import GRDB
import ImageModel

extension ListProjects: StoredOperation {
    func run(in db: Database) throws -> Listing<IdentityProject> {
        let rows = try db.all(
            """
            SELECT \(IdentityProject.columns) FROM identity_projects AS p
            WHERE (?1 IS NULL OR p.id = ?1) AND (?2 IS NULL OR p.name = ?2)
                AND (?3 IS NULL OR EXISTS
                    (SELECT 1 FROM identity_assignments AS a WHERE a.project_id = p.id AND a.user_id = ?3))
            ORDER BY p.name
            """, [id, name, userID])
        return Listing(items: rows.map { IdentityProject($0) })
    }

    private var id: String? { if case .id(let id) = project { id } else { nil } }
    private var name: String? { if case .name(let name) = project { name } else { nil } }
}

extension CreateProject: StoredOperation {
    func run(in db: Database) throws -> IdentityProject {
        try IdentityName.project.check(project.name)
        try IdentityName.projectID.check(project.id)
        try db.refusingDuplicates {
            try db.change(
                "INSERT INTO identity_projects (id, name, description, enabled, created_at) VALUES (?, ?, ?, ?, ?)",
                [project.id, project.name, project.description, project.isEnabled, Timestamp.now.microseconds])
        }
        return project
    }
}

extension UpdateProject: StoredOperation {
    func run(in db: Database) throws -> IdentityProject {
        if let newName { try IdentityName.project.check(newName) }
        try db.refusingDuplicates {
            try db.change(
                """
                UPDATE identity_projects SET name = COALESCE(?, name), enabled = COALESCE(?, enabled),
                    description = COALESCE(?, description)
                WHERE id = ?
                """, [newName, isEnabled, description, id])
        }
        return try IdentityProject.require(id, in: db)
    }
}

extension DeleteProject: StoredOperation {
    func run(in db: Database) throws -> Done {
        guard try db.change("DELETE FROM identity_projects WHERE id = ?", [id]) == 1 else {
            throw RegistryFailure.notFound
        }
        return Done()
    }
}
