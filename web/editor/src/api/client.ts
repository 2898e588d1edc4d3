// Talking to /api/v1 as the signed-in person: the session's cookie, the page's CSRF token, errors as one sentence.

const BASE = "/api/v1";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly body: Record<string, unknown>,
  ) {
    super(message);
  }
}

const csrf = (): string => document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";

export const language = (): "ru" | "en" => (document.documentElement.lang.startsWith("en") ? "en" : "ru");

async function send(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { "Accept-Language": language() };
  if (method !== "GET") headers["X-CSRF-Token"] = csrf();
  const form = body instanceof FormData;
  if (body !== undefined && !form) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    const sent = body === undefined ? undefined : form ? body : JSON.stringify(body);
    response = await fetch(BASE + path, { method, headers, body: sent, signal, credentials: "same-origin" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "", {});
  }
  if (response.ok) return response;
  const told = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  throw new ApiError(response.status, String(told.detail ?? told.title ?? response.statusText), told);
}

export async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const response = await send(method, path, body, signal);
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
}

export async function blob(method: string, path: string, body?: unknown): Promise<Blob> {
  return (await send(method, path, body)).blob();
}

export const address = (path: string): string => BASE + path;
