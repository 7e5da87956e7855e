/** The answer is JSON, but no audit log. */
export class NotAnAuditLog extends Error {}
