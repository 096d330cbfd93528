// An OAuth server that nobody here wrote (npm oidc-provider, a certified OpenID
// provider), with the paths and the client of Qwen's. It prints its address on
// standard output and ends with its standard input.
//
// POST /_control/approve?user_code=…  a person approves
// POST /_control/deny?user_code=…     a person denies
// POST /_control/revoke               every grant is revoked
// POST /_control/expire               the access tokens that were used expire early
// GET  /_control/requests             number of token requests so far
//
// /qwen/v1/chat/completions answers whoever has a valid access token.
import http from 'node:http';
import Provider, { errors } from 'oidc-provider';

const clientId = 'f0304373b74a44d2b584a3fb70ca9e56';
const scope = 'openid profile email model.completion';

const options = {
  clients: [{
    client_id: clientId,
    token_endpoint_auth_method: 'none',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    redirect_uris: [],
    response_types: [],
  }],
  scopes: scope.split(' '),
  features: { deviceFlow: { enabled: true }, devInteractions: { enabled: false } },
  routes: {
    device_authorization: '/api/v1/oauth2/device/code',
    token: '/api/v1/oauth2/token',
    code_verification: '/authorize',
  },
  ttl: {
    DeviceCode: Number(process.env.DEVICE_CODE_TTL || 60),
    AccessToken: Number(process.env.ACCESS_TOKEN_TTL || 3600),
    RefreshToken: 86400,
    Grant: 86400,
  },
  issueRefreshToken: () => true,
  rotateRefreshToken: true, // a second use of one revokes the family
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
};

const grants = new Set();
const used = new Set(); // access tokens
const ended = new Set(); // those that have expired early
let requests = 0;

async function codeOf(provider, url) {
  const userCode = (url.searchParams.get('user_code') || '').replace(/[^A-Za-z0-9]/g, '').toUpperCase();
  const code = await provider.DeviceCode.findByUserCode(userCode, { ignoreExpiration: true });
  if (!code) throw new Error(`no such code: ${userCode}`);
  return code;
}

const control = {
  async approve(provider, url) {
    const code = await codeOf(provider, url);
    const grant = new provider.Grant({ accountId: 'ann', clientId });
    grant.addOIDCScope(scope);
    code.grantId = await grant.save();
    grants.add(code.grantId);
    Object.assign(code, { accountId: 'ann', scope, claims: {}, authTime: Math.floor(Date.now() / 1000) });
    await code.save();
  },
  async deny(provider, url) {
    const code = await codeOf(provider, url);
    const denied = new errors.AccessDenied('the person said no');
    Object.assign(code, { error: denied.error, errorDescription: denied.error_description });
    await code.save();
  },
  async expire() {
    used.forEach((token) => ended.add(token));
  },
  async revoke(provider) {
    for (const id of grants) {
      await provider.RefreshToken.revokeByGrantId(id);
      await provider.AccessToken.revokeByGrantId(id);
    }
  },
};

async function chat(provider, req, res) {
  const value = (req.headers.authorization || '').replace('Bearer ', '');
  const token = await provider.AccessToken.find(value);
  used.add(value);
  if (!token || token.isExpired || ended.has(value)) {
    res.writeHead(401, { 'Content-Type': 'application/json' });
    res.end('{"error":{"message":"invalid access token or token expired","code":"invalid_api_key"}}');
    return;
  }
  res.writeHead(200, { 'Content-Type': 'text/event-stream' });
  res.end('data: {"choices":[{"index":0,"delta":{"content":"welcome"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
}

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, options);
  const callback = provider.callback();
  server.on('request', async (req, res) => {
    const url = new URL(req.url, issuer);
    const [, root, name] = url.pathname.split('/');
    if (root !== '_control') {
      if (url.pathname === '/qwen/v1/chat/completions') {
        await chat(provider, req, res);
        return;
      }
      if (url.pathname === '/api/v1/oauth2/token') requests += 1;
      callback(req, res);
      return;
    }
    try {
      if (name !== 'requests') await control[name](provider, url);
      res.end(String(requests));
    } catch (err) {
      res.statusCode = 500;
      res.end(String(err));
    }
  });
  console.log(issuer);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
