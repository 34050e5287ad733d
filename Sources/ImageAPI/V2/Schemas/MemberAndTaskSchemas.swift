import ImageModel
import JSONText

/// The schema of an image's member, in the short form: clients do not check members against it.
enum MemberSchema {
    static let member = JSONSchema(
        name: "member",
        literal: #"""
            {
                "name": "member",
                "properties": {
                    "member_id": {"type": "string", "description": "Project that the image is shared with"},
                    "image_id": {
                        "type": "string", "pattern": "\#(JSONSchema.idPattern)", "description": "Id of the image"
                    },
                    "created_at": {"type": "string", "description": "When it was made"},
                    "updated_at": {"type": "string", "description": "When it was last changed"},
                    "status": {
                        "type": "string", "enum": ["pending", "accepted", "rejected"],
                        "description": "What the project has answered"
                    },
                    "schema": {"type": "string", "readOnly": true}
                }
            }
            """#)
}

/// The schemas of tasks, in the short form.
enum TaskSchema {
    static let task = schema(
        details: #"""
            "input": {"type": ["null", "object"], "description": "What the task was given"},
            "result": {"type": ["null", "object"], "description": "What came of it"},
            """#,
        message: #"""
            "message": {"type": "string", "description": "What went wrong, for people to read"},
            """#)

    /// A task as lists show it.
    static let listedTask = schema(details: "", message: "")

    private static func schema(details: String, message: String) -> JSONSchema {
        JSONSchema(
            name: "task",
            literal: #"""
                {
                    "name": "task",
                    "properties": {
                        "id": {
                            "type": "string", "pattern": "\#(JSONSchema.idPattern)", "description": "Id of the task"
                        },
                        "type": {
                            "type": "string", "enum": ["import", "api_image_import", "location_import"],
                            "description": "What the task does"
                        },
                        "status": {
                            "type": "string", "enum": ["pending", "processing", "success", "failure"],
                            "description": "How far it is"
                        },
                        \#(details)
                        "owner": {"type": "string", "description": "Project that it works for"},
                        \#(message)
                        "image_id": {"type": "string", "description": "Image that it works on"},
                        "request_id": {"type": "string", "description": "Request that began it"},
                        "user_id": {"type": "string", "description": "User who began it"},
                        "expires_at": {"type": ["null", "string"], "description": "When it may be forgotten"},
                        "created_at": {"type": "string", "description": "When it was made"},
                        "updated_at": {"type": "string", "description": "When it was last changed"},
                        "self": {"type": "string", "readOnly": true},
                        "schema": {"type": "string", "readOnly": true}
                    }
                }
                """#)
    }
}
