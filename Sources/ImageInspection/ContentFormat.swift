/// What the bytes of an image can be seen to be; the raw value is Glance's word for it in `disk_format` and in errors.
public enum ContentFormat: String, Sendable, CaseIterable {
    /// Anything that is none of the others.
    case raw
    case qcow2
    case qed
    case vmdk
    case vdi
    case vhd
    case vhdx
    /// ISO 9660 or UDF.
    case iso
    /// A GPT or a plain MBR.
    case gpt
    case luks
}
