import { multipartError, openMultipart } from './multipart.ts';
import { testClient } from './suite.ts';

testClient('ali-topsdk', openMultipart('ali-topsdk'), multipartError);
