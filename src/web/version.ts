/**
 * The version that the page belongs to. A running node that is asked for its page loads it from the
 * disk at that moment, where an upgrade may have put another one: a test holds this equal to the
 * node's own.
 */
export const WEB_VERSION = "0.1.0";
