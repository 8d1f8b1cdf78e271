/// A value of GGUF metadata with the type it has in the file.
public enum GGUFValue: Sendable, Hashable {
  case uint8(UInt8)
  case int8(Int8)
  case uint16(UInt16)
  case int16(Int16)
  case uint32(UInt32)
  case int32(Int32)
  case float32(Float)
  case bool(Bool)
  case string(String)
  case array(GGUFArray)
  case uint64(UInt64)
  case int64(Int64)
  case float64(Double)
}

/// An array of GGUF metadata: all elements have one type, and they are stored densely because vocabularies are large.
public enum GGUFArray: Sendable, Hashable {
  case uint8([UInt8])
  case int8([Int8])
  case uint16([UInt16])
  case int16([Int16])
  case uint32([UInt32])
  case int32([Int32])
  case float32([Float])
  case bool([Bool])
  case string([String])
  case array([GGUFArray])
  case uint64([UInt64])
  case int64([Int64])
  case float64([Double])

  /// Number of elements.
  public var count: Int {
    switch self {
    case .uint8(let elements): elements.count
    case .int8(let elements): elements.count
    case .uint16(let elements): elements.count
    case .int16(let elements): elements.count
    case .uint32(let elements): elements.count
    case .int32(let elements): elements.count
    case .float32(let elements): elements.count
    case .bool(let elements): elements.count
    case .string(let elements): elements.count
    case .array(let elements): elements.count
    case .uint64(let elements): elements.count
    case .int64(let elements): elements.count
    case .float64(let elements): elements.count
    }
  }
}

extension GGUFValue {
  /// Any integer type, if the value fits; nil for other types.
  public var integer: Int? {
    switch self {
    case .uint8(let value): Int(value)
    case .int8(let value): Int(value)
    case .uint16(let value): Int(value)
    case .int16(let value): Int(value)
    case .uint32(let value): Int(value)
    case .int32(let value): Int(value)
    case .uint64(let value): Int(exactly: value)
    case .int64(let value): Int(value)
    default: nil
    }
  }

  /// Any number as a double; nil for other types.
  public var number: Double? {
    switch self {
    case .float32(let value): Double(value)
    case .float64(let value): value
    default: integer.map(Double.init)
    }
  }

  /// A truth value; nil for other types.
  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// A string; nil for other types.
  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// An array of strings; nil for other types.
  public var strings: [String]? {
    if case .array(.string(let elements)) = self { elements } else { nil }
  }

  /// An array of any floating-point type.
  public var floats: [Float]? {
    switch self {
    case .array(.float32(let elements)): elements
    case .array(.float64(let elements)): elements.map(Float.init)
    default: nil
    }
  }

  /// An array of any integer type, if every element fits.
  public var integers: [Int]? {
    guard case .array(let array) = self else { return nil }
    switch array {
    case .uint8(let elements): return elements.map(Int.init)
    case .int8(let elements): return elements.map(Int.init)
    case .uint16(let elements): return elements.map(Int.init)
    case .int16(let elements): return elements.map(Int.init)
    case .uint32(let elements): return elements.map(Int.init)
    case .int32(let elements): return elements.map(Int.init)
    case .int64(let elements): return elements.map(Int.init)
    case .uint64(let elements):
      let exact = elements.compactMap { Int(exactly: $0) }
      return exact.count == elements.count ? exact : nil
    default: return nil
    }
  }

  /// The type's name, for messages.
  public var typeName: String {
    switch self {
    case .uint8: "uint8"
    case .int8: "int8"
    case .uint16: "uint16"
    case .int16: "int16"
    case .uint32: "uint32"
    case .int32: "int32"
    case .float32: "float32"
    case .bool: "bool"
    case .string: "string"
    case .array: "array"
    case .uint64: "uint64"
    case .int64: "int64"
    case .float64: "float64"
    }
  }
}
