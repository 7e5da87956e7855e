/** An answer before it is written: the status, the body, and headers beyond the usual ones. */
export interface Answer {
  status: number;
  body: Buffer[];
  headers?: Record<string, string>;
}

/** A JSON answer. */
export function json(
  status: number,
  content: object,
  headers: Record<string, string> = {},
): Answer {
  return {status, body: [Buffer.from(JSON.stringify(content))], headers};
}

/** An error of the gateway api.atlassian.com, in the gateway's shape. */
export function gatewayError(status: number, message: string): Answer {
  return json(status, {code: status, message});
}

/**
 * The gateway's answer to a token without the scope, and to a path without `/wiki`. It never names
 * the scope that is missing (captured in kovetskiy/mark#917).
 */
export function scopeMismatch(): Answer {
  return {
    ...gatewayError(401, 'Unauthorized; scope does not match'),
    headers: {'X-Failure-Category': 'FAILURE_CLIENT_SCOPE_CHECK'},
  };
}

/** An error of Confluence behind the gateway, in Confluence's shape. */
export function confluenceError(status: number, message: string): Answer {
  const valid = status !== 400;
  const errors = valid ? [] : [{message: {translation: message, args: []}}];
  const data = {authorized: status !== 403, valid, errors, successful: false};
  return json(status, {statusCode: status, data, message});
}

/** The text is captured in airbytehq/airbyte#23862; the status is the one Sentinel expects. */
export function freePlan(): Answer {
  return confluenceError(
    403,
    'Cannot make this request because you are on Free edition. ' +
      'Please upgrade to standard or premium.',
  );
}

/** Documented as a status only; the text is made up in Confluence's manner. */
export function notAdministrator(): Answer {
  return confluenceError(
    403,
    'com.atlassian.confluence.api.service.exceptions.PermissionException: ' +
      'The user does not have permission to view the audit log.',
  );
}

/** A route nobody serves (captured in terraform-provider-atlassian-operations#66). */
export function unknownRoute(path: string, now: number): Answer {
  const timestamp = new Date(now).toISOString();
  return json(404, {
    timestamp,
    status: 404,
    error: 'Not Found',
    message: 'No message available',
    path,
  });
}
