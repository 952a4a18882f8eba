/**
 * Node addresses (docs/PROTOCOL.md section 6).
 *
 * ```
 * address = [type, host: bin, port]
 * type 4    4 bytes, IPv4 (an IPv4-mapped IPv6 address is type 4)
 * type 6    16 bytes, IPv6
 * type 10   35 bytes, onion v3: public key, checksum, version
 * ```
 * Never a DNS name: a name on the wire would have strangers look up what another stranger chose.
 */

declare const brand: unique symbol;

/**
 * A node's address in one canonical spelling, usable as a `Map` key: `203.0.113.7:14677`,
 * `[2001:db8::1]:14677` (RFC 5952) or `…56 characters….onion:14677`.
 */
export type NodeAddress = string & { readonly [brand]: "NodeAddress" };
