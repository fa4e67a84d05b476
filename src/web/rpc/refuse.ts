/** What these paths refuse: a status, and a few words of HTML as Supervisor's clients are used to. */
import type { FastifyReply } from "fastify";

const HTML = "text/html; charset=utf-8";

export function refuse(
  reply: FastifyReply,
  status: number,
  title: string,
  why: string = title,
): FastifyReply {
  const text = why.replace(/[&<>]/g, (one) => `&#${one.charCodeAt(0)};`);
  const html = `<head>\n<title>${title}</title>\n</head>\n<body>\n<h1>${title}</h1>\n<p>${text}\n</body>\n`;
  return reply.code(status).type(HTML).send(html);
}
