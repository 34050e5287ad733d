import HTTPWire

/// The head of a request with these header lines; each is the bytes of one line.
func requestHead(_ lines: [[UInt8]], target: String = "/v1/images", method: String = "POST") throws -> RequestHead {
    var bytes = Array("\(method) \(target) HTTP/1.1\r\n".utf8)
    for line in lines { bytes += line + Array("\r\n".utf8) }
    bytes += Array("\r\n".utf8)
    var parser = RequestHeadParser()
    let head = try bytes.withUnsafeBytes { buffer in try parser.consume(buffer).head }
    guard let head else { throw NoHead() }
    return head
}

/// The same from texts, with a Host.
func requestHead(_ lines: String..., target: String = "/v1/images", method: String = "POST") throws -> RequestHead {
    try requestHead((["Host: example.org:9292"] + lines).map { Array($0.utf8) }, target: target, method: method)
}

private struct NoHead: Error {}
