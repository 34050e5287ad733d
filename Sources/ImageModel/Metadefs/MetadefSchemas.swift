import JSONText

/// The schemas of the catalogue, which clients read under `/v2/schemas/metadefs` and what they send is checked against.
public enum MetadefSchemas {
    public static let namespace = JSONSchema(
        name: "namespace",
        literal: #"""
            {
                "name": "namespace",
                "properties": {
                    "namespace": {"type": "string", "maxLength": 80, "description": "Name, unique in the catalogue"},
                    "display_name": {"type": "string", "maxLength": 80, "description": "Name for people to read"},
                    "description": {"type": "string", "maxLength": 500, "description": "What the namespace is for"},
                    "visibility": {
                        "type": "string", "enum": ["public", "private"], "description": "Who sees the namespace"
                    },
                    "protected": {"type": "boolean", "description": "Whether the namespace is kept from deletion"},
                    "owner": {"type": "string", "maxLength": 255, "description": "Project that owns the namespace"},
                    \#(times),
                    \#(links),
                    "resource_type_associations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "name": {"type": "string"}, "prefix": {"type": "string"},
                                "properties_target": {"type": "string"}
                            }
                        }
                    },
                    "properties": {"$ref": "#/definitions/property"},
                    "objects": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "name": {"type": "string"}, "description": {"type": "string"},
                                "required": {"$ref": "#/definitions/stringArray"},
                                "properties": {"$ref": "#/definitions/property"}
                            }
                        }
                    },
                    "tags": {
                        "type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}
                    }
                },
                "additionalProperties": false,
                "definitions": \#(definitions),
                "required": ["namespace"]
            }
            """#)

    public static let object = JSONSchema(
        name: "object",
        literal: #"""
            {
                "name": "object",
                "properties": {
                    "name": {"type": "string", "maxLength": 80},
                    "description": {"type": "string"},
                    "required": {"$ref": "#/definitions/stringArray"},
                    "properties": {"$ref": "#/definitions/property"},
                    \#(links),
                    \#(times)
                },
                "additionalProperties": false,
                "definitions": \#(definitions),
                "required": ["name"]
            }
            """#)

    /// A property by itself, with its name.
    public static let property = propertySchema(required: #"["type", "title", "name"]"#)

    /// A property whose name stands before it.
    public static let namedProperty = propertySchema(required: #"["type", "title"]"#)

    public static let tag = JSONSchema(
        name: "tag",
        literal: #"""
            {
                "name": "tag",
                "properties": {"name": {"type": "string", "maxLength": 80}, \#(times)},
                "additionalProperties": false,
                "required": ["name"]
            }
            """#)

    /// Many tags in one request.
    public static let newTags = JSONSchema(
        name: "tags",
        literal: #"""
            {
                "name": "tags",
                "properties": {
                    "tags": {
                        "type": "array",
                        "items": {
                            "type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"],
                            "additionalProperties": false
                        }
                    }
                },
                "required": ["tags"],
                "additionalProperties": false
            }
            """#)

    public static let resourceType = JSONSchema(
        name: "resource_type_association",
        literal: #"""
            {
                "name": "resource_type_association",
                "properties": {
                    "name": {
                        "type": "string", "maxLength": 80,
                        "description": "Type of resource, by the name that Heat gives it where it has one"
                    },
                    "prefix": {
                        "type": "string", "maxLength": 80,
                        "description": "What properties have before their names on such resources, separator included"
                    },
                    "properties_target": {
                        "type": "string", "maxLength": 80,
                        "description": "Which properties of the resource are meant, where it has several sorts of them"
                    },
                    \#(times)
                },
                "additionalProperties": false,
                "required": ["name"]
            }
            """#)

    private static func propertySchema(required: String) -> JSONSchema {
        JSONSchema(
            name: "property",
            literal: #"""
                {
                    "name": "property",
                    "properties": {\#(propertyFields)},
                    "additionalProperties": false,
                    "definitions": {\#(integers), \#(stringArray(#""minItems": 1, "#))},
                    "required": \#(required)
                }
                """#)
    }

    private static let times = #"""
        "created_at": {
            "type": "string", "readOnly": true, "format": "date-time", "description": "When it was made"
        },
        "updated_at": {
            "type": "string", "readOnly": true, "format": "date-time", "description": "When it was last changed"
        }
        """#

    private static let links = #"""
        "schema": {"type": "string", "readOnly": true}, "self": {"type": "string", "readOnly": true}
        """#

    private static let types = #"["array", "boolean", "integer", "number", "object", "string", null]"#

    private static let integers = #"""
        "positiveInteger": {"type": "integer", "minimum": 0},
        "positiveIntegerDefault0": {"allOf": [{"$ref": "#/definitions/positiveInteger"}, {"default": 0}]}
        """#

    private static func stringArray(_ more: String = "") -> String {
        #""stringArray": {"type": "array", "items": {"type": "string"}, \#(more)"uniqueItems": true}"#
    }

    /// A property's schema is a part of JSON schema itself.
    private static let propertyFields = #"""
        "name": {"type": "string", "maxLength": 80},
        "title": {"type": "string"},
        "description": {"type": "string"},
        "operators": {"type": "array", "items": {"type": "string"}},
        "type": {"type": "string", "enum": \#(types)},
        "required": {"$ref": "#/definitions/stringArray"},
        "minimum": {"type": "number"},
        "maximum": {"type": "number"},
        "maxLength": {"$ref": "#/definitions/positiveInteger"},
        "minLength": {"$ref": "#/definitions/positiveIntegerDefault0"},
        "pattern": {"type": "string", "format": "regex"},
        "enum": {"type": "array"},
        "readonly": {"type": "boolean"},
        "default": {},
        "items": {
            "type": "object",
            "properties": {"type": {"type": "string", "enum": \#(types)}, "enum": {"type": "array"}}
        },
        "maxItems": {"$ref": "#/definitions/positiveInteger"},
        "minItems": {"$ref": "#/definitions/positiveIntegerDefault0"},
        "uniqueItems": {"type": "boolean", "default": false},
        "additionalItems": {"type": "boolean"}
        """#

    private static let definitions = #"""
        {
            \#(integers),
            \#(stringArray()),
            "property": {
                "type": "object",
                "additionalProperties": {
                    "type": "object", "required": ["title", "type"], "properties": {\#(propertyFields)}
                }
            }
        }
        """#
}
