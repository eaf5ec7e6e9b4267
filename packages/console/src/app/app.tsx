import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Router } from 'wouter';

import { makeQueryClient } from '../data/query-client.ts';
import { ToastProvider } from '../ui/toast.tsx';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { Door } from './door.tsx';
import { ErrorBoundary } from './error-boundary.tsx';

const client = makeQueryClient();

/** The console. */
export function App(): ReactElement {
  return (
    <ErrorBoundary>
      <QueryClientProvider client={client}>
        <Router base="/console">
          <TooltipProvider>
            <ToastProvider>
              <Door />
            </ToastProvider>
          </TooltipProvider>
        </Router>
      </QueryClientProvider>
    </ErrorBoundary>
  );
}
