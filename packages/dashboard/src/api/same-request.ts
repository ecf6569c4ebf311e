/** What makes two writes the same thing to whoever sends them; the server compares no more. */
export async function describeRequest(request: Request): Promise<string> {
  return JSON.stringify([
    request.method,
    request.url,
    request.headers.get('if-match'),
    request.headers.get('flaghoist-confirm'),
    request.headers.get('flaghoist-reason'),
    await request.clone().text(),
  ]);
}
