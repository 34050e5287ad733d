/// Decodes one form, a step at a time; it holds a window of the data and never the whole.
protocol Decoder: AnyObject {
    /// Whether the data may end here: nothing has begun that has not been ended.
    var isAtEnd: Bool { get }

    /// Takes bytes off the front of `input` and puts decoded ones into `output`.
    ///
    /// Called again with what is left of the input, until it leaves room in the output and nothing in the input.
    ///
    /// - Parameters:
    ///   - isLast: nothing comes behind this input.
    ///   - output: not empty.
    /// - Returns: the bytes put into the output. 0, with nothing taken, is an end without progress.
    func decode(
        _ input: inout UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> Int
}

extension UnsafeRawBufferPointer {
    /// Drops bytes off the front.
    mutating func take(_ count: Int) {
        self = UnsafeRawBufferPointer(rebasing: self[count...])
    }
}
