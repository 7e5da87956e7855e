import {answerAudit, answerRetention} from './audit-endpoint';
import {
  type Answer,
  freePlan,
  gatewayError,
  json,
  notAdministrator,
  scopeMismatch,
  unknownRoute,
} from './error-bodies';
import {AUDIT_SCOPE, type SandboxBehaviour, type SandboxRequest} from './options';

const ENDPOINTS: Record<string, typeof answerAudit> = {
  '/wiki/rest/api/audit': answerAudit,
  '/wiki/rest/api/audit/retention': answerRetention,
};

/**
 * What Atlassian's front door does with a request, in its order: route, credentials, tenant, scope;
 * then what Confluence does: plan, permission, parameters.
 */
export function answerRequest(
  {method, path, headers}: SandboxRequest,
  query: URLSearchParams,
  behaviour: SandboxBehaviour,
): Answer {
  if (method !== 'GET') {
    return {...gatewayError(405, 'Method Not Allowed'), headers: {Allow: 'GET'}};
  }
  if (path === '/_edge/tenant_info') return json(200, {cloudId: behaviour.cloudId});
  const route = /^\/ex\/confluence\/(?<cloudId>[^/]+)(?<rest>\/.*)?$/.exec(path)?.groups;
  if (!route) return unknownRoute(path, behaviour.now());
  if (!isAuthorized(headers.authorization, behaviour)) return gatewayError(401, 'Unauthorized');
  if (route['cloudId'] !== behaviour.cloudId) return gatewayError(404, 'Not Found');
  const rest = route['rest'] ?? '';
  if (!rest.startsWith('/wiki/') || !behaviour.scopes.includes(AUDIT_SCOPE)) return scopeMismatch();
  const endpoint = ENDPOINTS[rest];
  if (!endpoint) return unknownRoute(path, behaviour.now());
  if (behaviour.plan === 'free') return freePlan();
  if (!behaviour.isAdmin) return notAdministrator();
  return endpoint(query, behaviour);
}

function isAuthorized(header: string | undefined, {email, token}: SandboxBehaviour): boolean {
  const credentials = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '')?.[1];
  if (credentials === undefined) return false;
  return Buffer.from(credentials, 'base64').toString() === `${email}:${token}`;
}
