/** Drivers hand out Buffers, whose `slice` shares memory: callers of the bus were promised plain bytes. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
