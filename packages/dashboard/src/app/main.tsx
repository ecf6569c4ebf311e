import './early.ts';
import '../ui/styles.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from '../api/query-client.ts';
import { cspNonce } from '../ui/csp-nonce.ts';
import { applyTheme } from '../ui/theme.ts';
import { Toasts } from '../ui/toast.tsx';
import { beginPage } from './begin.ts';
import { createAppRouter } from './router.ts';

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no element #root');

applyTheme();
const client = createQueryClient();
beginPage(client, window.location);
const router = createAppRouter(client);

createRoot(place).render(
  <StrictMode>
    <CSPProvider nonce={cspNonce()}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
